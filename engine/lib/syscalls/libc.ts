import { constants } from 'node:os';
import koffi, { type LibraryHandle } from 'koffi';

/** The engine's pure parts are tested on any machine; only calling the kernel needs Linux. */
const elsewhere = Object.assign(
  () => {
    throw new Error(`system calls of Linux do not work on ${process.platform}: run this in the VM or on a Linux machine`);
  },
  { async: () => undefined, info: { name: '', arguments: [], result: koffi.types.void } },
);

/**
 * The C library, reached through koffi. Only files of this folder import this: everything else calls those.
 * All calls are synchronous and run on the calling thread, so thread-wide state (namespaces) changes for it alone.
 */
export const libc: Pick<LibraryHandle, 'func'> = process.platform === 'linux' ? koffi.load('libc.so.6') : { func: () => elsewhere };

/** What a failed system call throws: `code` (`ENOENT` …), `errno`, `syscall` and `path` as in Node's own errors. */
export class SyscallError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;

  constructor(syscall: string, errno: number, path?: string, note?: string) {
    const code = errorName(errno);
    super(`${syscall}${path === undefined ? '' : ` ${path}`}: ${code}${describe(code)}${note === undefined ? '' : ` (${note})`}`);
    this.name = 'SyscallError';
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
    if (path !== undefined) this.path = path;
  }
}

/** libuv's own table lacks some that matter here (ECHILD). */
const errorNames = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

function errorName(errno: number): string {
  return errorNames.get(errno) ?? `errno ${errno}`;
}

/** Words for the codes that people meet; the code alone says enough for the rest. */
function describe(code: string): string {
  const words: Record<string, string> = {
    EPERM: 'operation not permitted',
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EBUSY: 'device or resource busy',
    EINVAL: 'invalid argument',
    ENODEV: 'no such device or file system type',
    ENOSPC: 'no space left on device',
    EEXIST: 'file exists',
    ENOTDIR: 'not a directory',
    ELOOP: 'too many symbolic links',
    EXDEV: 'path leaves its root',
    ESRCH: 'no such process',
    ECHILD: 'no child process',
  };
  return words[code] === undefined ? '' : `, ${words[code]}`;
}

/**
 * Answers `result`, or throws the error that errno names when it is negative. Call it directly on the call's result:
 * errno is only valid until the next call on this thread.
 */
export function check(result: number | bigint, syscall: string, path?: string, note?: string): number {
  if (Number(result) >= 0) return Number(result);
  throw new SyscallError(syscall, koffi.errno(), path, note);
}
