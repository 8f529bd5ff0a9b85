import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import koffi from 'koffi';
import { check, libc } from './libc.ts';

export { SyscallError } from './libc.ts';

/** System calls that Node lacks, on processes, namespaces, descriptors and terminals. Files and mounts: `syscalls.ts`. */

/** Kinds of namespace for {@link setns} and {@link unshare}. Source: linux/sched.h. */
export const CloneFlag = {
  newNs: 0x00020000,
  newCgroup: 0x02000000,
  newUts: 0x04000000,
  newIpc: 0x08000000,
  newUser: 0x10000000,
  newPid: 0x20000000,
  newNet: 0x40000000,
  fs: 0x00000200,
} as const;

export const PollEvent = { in: 0x1, out: 0x4, error: 0x8, hangUp: 0x10 } as const;

const prSetChildSubreaper = 36;
const waitNoHang = 1;
/** TIOCSWINSZ and TIOCGWINSZ: asm-generic, so the same on x86-64 and arm64. */
const setWindowSize = 0x5414;
const getWindowSize = 0x5413;
const pidfdOpenNumber = 434;
const pidfdSendSignalNumber = 424;
const solSocket = 1;
const scmRights = 1;
const messageCloexec = 0x40000000;

const c = {
  setns: libc.func('int setns(int fd, int kind)'),
  unshare: libc.func('int unshare(int flags)'),
  prctl: libc.func('int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)'),
  schedSetscheduler: libc.func('int sched_setscheduler(int pid, int policy, const void *parameters)'),
  waitpid: libc.func('int waitpid(int pid, _Out_ int *status, int options)'),
  kill: libc.func('int kill(int pid, int signal)'),
  pidfdOpen: libc.func('syscall', 'long', ['long', 'int', 'uint32']),
  pidfdSendSignal: libc.func('syscall', 'long', ['long', 'int', 'int', 'void *', 'uint32']),
  poll: libc.func('int poll(void *fds, unsigned long count, int timeout)'),
  fcntl: libc.func('int fcntl(int fd, int command, long argument)'),
  ioctl: libc.func('int ioctl(int fd, unsigned long request, void *argument)'),
  recvmsg: libc.func('long recvmsg(int fd, void *message, int flags)'),
  flock: libc.func('int flock(int fd, int operation)'),
  read: libc.func('long read(int fd, void *buffer, size_t size)'),
  write: libc.func('long write(int fd, const void *buffer, size_t size)'),
  clockGettime: libc.func('int clock_gettime(int clock, void *time)'),
  chroot: libc.func('int chroot(const char *path)'),
  setrlimit: libc.func('int setrlimit(int resource, const void *limits)'),
  getrlimit: libc.func('int getrlimit(int resource, void *limits)'),
};

/**
 * Moves the calling thread into a namespace. A mount namespace cannot be entered while threads share their file system
 * state: see `runtime/host-namespace.ts` for how the engine does it.
 */
export function setns(fd: number, kind: number): void {
  check(c.setns(fd, kind), 'setns');
}

/**
 * Runs `work` with this thread in the namespace that `path` names (`/proc/1/ns/net`, `/run/netns/x`), and always comes
 * back. `work` must be synchronous: what it opens (sockets) stays in that namespace; async work would run outside.
 */
export function inNamespace<T>(path: string, kind: number, work: () => T): T {
  const target = openSync(path, constants.O_RDONLY);
  let home: number | undefined;
  try {
    home = openSync(`/proc/thread-self/ns/${namespaceFile(kind)}`, constants.O_RDONLY);
    check(c.setns(target, kind), 'setns', path);
    try {
      return work();
    } finally {
      check(c.setns(home, kind), 'setns', 'back to the own namespace');
    }
  } finally {
    closeSync(target);
    if (home !== undefined) closeSync(home);
  }
}

function namespaceFile(kind: number): string {
  const files: Record<number, string> = { [CloneFlag.newNet]: 'net', [CloneFlag.newUts]: 'uts', [CloneFlag.newIpc]: 'ipc', [CloneFlag.newCgroup]: 'cgroup' };
  const file = files[kind];
  if (file === undefined) throw new TypeError(`a thread cannot enter and leave namespaces of kind 0x${kind.toString(16)}`);
  return file;
}

/** Gives the calling thread (and the processes and threads it starts from then on) new namespaces. */
export function unshare(flags: number): void {
  check(c.unshare(flags), 'unshare');
}

/** Orphans among this process's descendants become its children, so that it can collect their exit codes. */
export function becomeSubreaper(): void {
  check(c.prctl(prSetChildSubreaper, 1, 0, 0, 0), 'prctl', 'PR_SET_CHILD_SUBREAPER');
}

/**
 * Collects the exit status of one child without waiting.
 * @returns undefined while it runs; otherwise 0-255, 128 + n for one that signal n ended.
 * @throws SyscallError `ECHILD` when it is no child of this process (any more).
 */
export function reap(pid: number): number | undefined {
  const status = [0];
  if (check(c.waitpid(pid, status, waitNoHang), 'waitpid', `pid ${pid}`) === 0) return undefined;
  const value = status[0]!;
  const signal = value & 0x7f;
  return signal === 0 ? (value >> 8) & 0xff : 128 + signal;
}

/**
 * Lets a process run before all ordinary ones until it ends; not what it forks. A wish: false where it is not granted.
 * Source: sched(7), SCHED_FIFO and SCHED_RESET_ON_FORK.
 */
export function runFirst(pid: number): boolean {
  const fifo = 1;
  const resetOnFork = 0x40000000;
  const lowestPriority = Buffer.from(new Int32Array([1]).buffer);
  return c.schedSetscheduler(pid, fifo | resetOnFork, lowestPriority) === 0;
}

/** As `process.kill`, but for any signal number, real-time ones included. */
export function kill(pid: number, signal: number): void {
  check(c.kill(pid, signal), 'kill', `pid ${pid}`);
}

/** A descriptor that polls readable when the process has ended. The caller closes it. */
export function pidfdOpen(pid: number): number {
  return check(c.pidfdOpen(pidfdOpenNumber, pid, 0), 'pidfd_open', `pid ${pid}`);
}

export function pidfdSendSignal(pidfd: number, signal: number): void {
  check(c.pidfdSendSignal(pidfdSendSignalNumber, pidfd, signal, null, 0), 'pidfd_send_signal');
}

/**
 * Asks the kernel about one descriptor.
 * @param timeout milliseconds during which the whole thread stands still; 0 asks and returns.
 * @returns the {@link PollEvent} bits that hold now.
 */
export function poll(fd: number, events: number, timeout = 0): number {
  const request = Buffer.alloc(8);
  request.writeInt32LE(fd, 0);
  request.writeInt16LE(events, 4);
  check(c.poll(request, 1, timeout), 'poll');
  return request.readInt16LE(6);
}

/** Sets or clears O_NONBLOCK, a property of the open file that every holder of it shares. */
export function setNonBlocking(fd: number, on: boolean): void {
  const getFlags = 3;
  const setFlags = 4;
  const flags = check(c.fcntl(fd, getFlags, 0), 'fcntl');
  check(c.fcntl(fd, setFlags, on ? flags | constants.O_NONBLOCK : flags & ~constants.O_NONBLOCK), 'fcntl');
}

/**
 * read(2) into `buffer` without an exception for the common answers of a non-blocking descriptor.
 * @returns the count, 0 at the end, or `'again'` when there is nothing now. A pty master whose other side is closed (EIO) is at its end.
 */
export function readNow(fd: number, buffer: Uint8Array): number | 'again' {
  const count = Number(c.read(fd, buffer, buffer.length));
  if (count >= 0) return count;
  const errno = koffi.errno();
  if (errno === koffi.os.errno.EAGAIN || errno === koffi.os.errno.EINTR) return 'again';
  if (errno === koffi.os.errno.EIO) return 0;
  return check(count, 'read');
}

/** Window size of a terminal in character cells. The process group in front gets SIGWINCH. */
export function setTerminalSize(fd: number, size: { rows: number; columns: number }): void {
  check(c.ioctl(fd, setWindowSize, Buffer.from(new Uint16Array([size.rows, size.columns, 0, 0]).buffer)), 'ioctl', 'TIOCSWINSZ');
}

export function terminalSize(fd: number): { rows: number; columns: number } {
  const size = new Uint16Array(4);
  check(c.ioctl(fd, getWindowSize, size), 'ioctl', 'TIOCGWINSZ');
  return { rows: size[0]!, columns: size[1]! };
}

/**
 * Receives one descriptor that a peer passed over a unix socket (SCM_RIGHTS).
 * @returns undefined when nothing has come on a non-blocking socket. The caller closes the descriptor.
 */
export function receiveDescriptor(socket: number): number | undefined {
  const bytes = Buffer.alloc(4096);
  const control = Buffer.alloc(24);
  const vector = Buffer.alloc(16);
  vector.writeBigUInt64LE(koffi.address(bytes), 0);
  vector.writeBigUInt64LE(BigInt(bytes.length), 8);
  // struct msghdr of 64-bit glibc: name, namelen, iov, iovlen, control, controllen, flags.
  const message = Buffer.alloc(56);
  message.writeBigUInt64LE(koffi.address(vector), 16);
  message.writeBigUInt64LE(1n, 24);
  message.writeBigUInt64LE(koffi.address(control), 32);
  message.writeBigUInt64LE(BigInt(control.length), 40);
  const result = Number(c.recvmsg(socket, message, messageCloexec));
  if (result < 0 && koffi.errno() === koffi.os.errno.EAGAIN) return undefined;
  check(result, 'recvmsg');
  // struct cmsghdr: length (8), level (4), type (4), then the descriptor.
  const used = Number(message.readBigUInt64LE(40));
  if (used < 20 || control.readInt32LE(8) !== solSocket || control.readInt32LE(12) !== scmRights) return undefined;
  return control.readInt32LE(16);
}

/**
 * Takes an exclusive lock on an open file, which the kernel frees when its last descriptor closes.
 * @returns false when another process holds it.
 */
export function tryLock(fd: number): boolean {
  const exclusiveNoWait = 2 | 4;
  const result = Number(c.flock(fd, exclusiveNoWait));
  if (result < 0 && koffi.errno() === koffi.os.errno.EWOULDBLOCK) return false;
  check(result, 'flock');
  return true;
}

/** Changes the root of the whole process (threads share it): for short-lived children only. */
export function chroot(path: string): void {
  check(c.chroot(path), 'chroot', path);
}

/** Soft and hard limit of this process; `Infinity` for unlimited. @param resource RLIMIT_* number. */
export function getrlimit(resource: number): { soft: number; hard: number } {
  const limits = new BigUint64Array(2);
  check(c.getrlimit(resource, limits), 'getrlimit');
  const unlimited = 2n ** 64n - 1n;
  const toNumber = (value: bigint) => (value === unlimited ? Infinity : Number(value));
  return { soft: toNumber(limits[0]!), hard: toNumber(limits[1]!) };
}

/**
 * write(2) without an exception for the common answers of a non-blocking descriptor.
 * @returns how many bytes went, `'again'` when none can go now, `'closed'` when nobody will read them any more.
 */
export function writeNow(fd: number, bytes: Uint8Array): number | 'again' | 'closed' {
  const count = Number(c.write(fd, bytes, bytes.length));
  if (count >= 0) return count;
  const errno = koffi.errno();
  if (errno === koffi.os.errno.EAGAIN || errno === koffi.os.errno.EINTR) return 'again';
  if (errno === koffi.os.errno.EPIPE || errno === koffi.os.errno.EIO) return 'closed';
  return check(count, 'write');
}

const realTime = new BigInt64Array(2);

/** Nanoseconds since 1970 by the wall clock, exactly as other processes see it: `Date` only has milliseconds. */
export function clockRealTime(): bigint {
  check(c.clockGettime(0, realTime), 'clock_gettime');
  return realTime[0]! * 1_000_000_000n + realTime[1]!;
}

const openFiles = 7;

/** Lets this process and its children open up to `count` files, where the kernel allows it. */
export function raiseOpenFiles(count: number): void {
  const limits = BigUint64Array.from([BigInt(count), BigInt(count)]);
  if (Number(c.setrlimit(openFiles, limits)) < 0 && koffi.errno() !== koffi.os.errno.EPERM) check(-1, 'setrlimit');
}

/**
 * Closes what the parent left open by mistake: descriptors that survive an exec. Node's own do not. A process that lives
 * long would keep somebody waiting for the end of a pipe; and it would pass them on.
 */
export function closeInherited(): void {
  const getDescriptorFlags = 1;
  const closeOnExec = 1;
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    const flags = fd > 2 ? Number(c.fcntl(fd, getDescriptorFlags, 0)) : -1;
    if (flags >= 0 && (flags & closeOnExec) === 0) closeSync(fd);
  }
}

/** A second descriptor of the same open file, closed on exec. The caller closes it. */
export function duplicate(fd: number): number {
  const duplicateCloexec = 1030;
  return check(c.fcntl(fd, duplicateCloexec, 3), 'fcntl', 'F_DUPFD_CLOEXEC');
}

const setfsgidCall = libc.func('int setfsgid(int gid)');

/** The group that this thread has in the eyes of file systems; no other thread of the process has it. Source: setfsgid(2), which tells no errors. */
export function setFileGroup(gid: number): void {
  setfsgidCall(gid);
  if (setfsgidCall(-1) !== gid) throw new Error(`setfsgid: this thread may not have group ${gid}`);
}
