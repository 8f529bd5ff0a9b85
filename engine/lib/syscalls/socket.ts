import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { check, libc, SyscallError } from './libc.ts';

export { SyscallError } from './libc.ts';

/** System calls on sockets that Node's `net` and `dgram` cannot make: sockets of another namespace, and netlink. */

export const SocketType = { stream: 1, datagram: 2, raw: 3 } as const;
/** Source: linux/netlink.h. */
export const NetlinkFamily = { route: 0, netfilter: 12 } as const;

const afInet = 2;
const afNetlink = 16;
const afVsock = 40;
const closeOnExec = 0o2000000;
const solSocket = 1;
const reuseAddress = 2;
const sendBufferForce = 32;
const solNetlink = 270;
const netlinkExtendedAck = 11;

const c = {
  socket: libc.func('int socket(int domain, int type, int protocol)'),
  bind: libc.func('int bind(int fd, const void *address, uint32_t size)'),
  getsockname: libc.func('int getsockname(int fd, void *address, void *size)'),
  setsockopt: libc.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t size)'),
  send: libc.func('long send(int fd, const void *bytes, size_t size, int flags)'),
  recv: libc.func('long recv(int fd, void *bytes, size_t size, int flags)'),
  sendfile: libc.func('long sendfile(int out, int in, void *offset, size_t count)'),
};

/**
 * An IPv4 socket of the calling thread's network namespace, bound to a free port of `address`. It stays in that namespace
 * wherever it is used from; Node adopts it by `{ fd }`.
 */
export function boundSocket(type: number, address: string): { fd: number; port: number } {
  const fd = check(c.socket(afInet, type | closeOnExec, 0), 'socket');
  // sockaddr_in: family in host order, port and address in network order.
  const name = Buffer.alloc(16);
  name.writeUInt16LE(afInet, 0);
  Buffer.from(address.split('.').map(Number)).copy(name, 4);
  check(c.setsockopt(fd, solSocket, reuseAddress, Buffer.from([1, 0, 0, 0]), 4), 'setsockopt', 'SO_REUSEADDR');
  check(c.bind(fd, name, name.length), 'bind', address);
  const size = Buffer.from([name.length, 0, 0, 0]);
  check(c.getsockname(fd, name, size), 'getsockname');
  return { fd, port: name.readUInt16BE(2) };
}

/**
 * A socket on which the machine below this VM can connect to `port`, bound but not listening yet. Source: linux/vm_sockets.h (`sockaddr_vm`).
 * @throws SyscallError `EADDRINUSE`; `EAFNOSUPPORT` without the kernel's vsock
 */
export function vsockSocket(port: number): number {
  const fd = check(c.socket(afVsock, SocketType.stream | closeOnExec, 0), 'socket', 'AF_VSOCK');
  const name = Buffer.alloc(16);
  name.writeUInt16LE(afVsock, 0);
  name.writeUInt32LE(port, 4);
  // VMADDR_CID_ANY
  name.writeUInt32LE(0xffffffff, 8);
  try {
    check(c.bind(fd, name, name.length), 'bind', `vsock port ${port}`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** Room for bytes that the other side has not read yet, beyond what everybody may have (SO_SNDBUFFORCE). A wish: false where it is not granted. */
export function enlargeSendBuffer(fd: number, bytes: number): boolean {
  const value = Buffer.alloc(4);
  value.writeInt32LE(bytes);
  return c.setsockopt(fd, solSocket, sendBufferForce, value, value.length) === 0;
}

/** A netlink socket of the calling thread's network namespace; it speaks for that namespace from any thread. */
export function netlinkSocket(family: number): number {
  const fd = check(c.socket(afNetlink, SocketType.raw | closeOnExec, family), 'socket', 'AF_NETLINK');
  // Errors then carry the kernel's own words. Old kernels lack the option, and lose only the words.
  c.setsockopt(fd, solNetlink, netlinkExtendedAck, Buffer.from([1, 0, 0, 0]), 4);
  return fd;
}

/**
 * send(2) on a thread of the pool: the kernel carries out a netlink request inside of this call, and may wait there for
 * other changes of the network.
 */
export function sendInBackground(fd: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    c.send.async(fd, bytes, bytes.length, 0, (error: Error | null, result: number | bigint) => {
      if (error) reject(error);
      else if (Number(result) < 0) reject(new SyscallError('send', koffi.os.errno.EIO ?? 5, undefined, 'netlink'));
      else resolve();
    });
  });
}

export function sendNow(fd: number, bytes: Uint8Array): void {
  check(c.send(fd, bytes, bytes.length, 0), 'send');
}

/** recv(2) of what is there already. @throws SyscallError `EAGAIN` when nothing is. */
export function receiveNow(fd: number, buffer: Buffer): Buffer {
  const dontWait = 0x40;
  return buffer.subarray(0, check(c.recv(fd, buffer, buffer.length, dontWait), 'recv'));
}

/**
 * sendfile(2): bytes of a file, from where it stands, into a connection, without a copy of them here.
 * @returns how many went, 0 at the file's end, `'again'` when none can go now, `'closed'` when nobody will read them any more
 * @throws SyscallError `EINVAL` for a file that cannot be sent this way
 */
export function sendFileNow(connection: number, file: number, count: number): number | 'again' | 'closed' {
  const sent = Number(c.sendfile(connection, file, null, count));
  if (sent >= 0) return sent;
  const errno = koffi.errno();
  if (errno === koffi.os.errno.EAGAIN || errno === koffi.os.errno.EINTR) return 'again';
  if (errno === koffi.os.errno.EPIPE) return 'closed';
  return check(sent, 'sendfile');
}
