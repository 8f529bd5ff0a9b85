import { closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { mount, umount2 } from '../../lib/syscalls/files.ts';

const MS_NOSUID = 2;
const MS_NODEV = 4;
const MNT_DETACH = 2;
/** A WRITE with all its bytes: the kernel hands requests out whole or not at all. */
const bufferSize = 1024 * 1024 + 4096;
/** What the kernel reads ahead of who reads in order; its usual 128 kB are one way to the host each. */
const readAheadKiB = 1024;

interface PipeHandle {
  open(fd: number): number;
}

/** The kernel's end of one FUSE mount. */
export interface FuseDevice {
  readonly fd: number;
  /** @returns false when nobody waits for it any more */
  answer(message: Uint8Array): boolean;
}

/**
 * Mounts a FUSE file system whose requests go to `onRequest`, each a buffer of its own. Whoever is on the path already is let go of.
 *
 * The device is read through libuv's pipe handle, in epoll, as virtio ports are (`port-device.ts` says why). Answers are written by the calling thread: they never wait.
 * @throws SyscallError, or an Error when the device is missing
 */
export function mountFuse(target: string, onRequest: (message: Buffer) => void): FuseDevice {
  unmountFuse(target);
  const fd = openSync('/dev/fuse', constants.O_RDWR | constants.O_NONBLOCK);
  const { Pipe, constants: types } = (process as unknown as { binding(name: 'pipe_wrap'): { Pipe: new (type: number) => PipeHandle; constants: { SOCKET: number } } }).binding('pipe_wrap');
  const handle = new Pipe(types.SOCKET);
  const result = handle.open(fd);
  if (result !== 0) {
    closeSync(fd);
    throw new Error(`/dev/fuse: libuv does not take the device (error ${result})`);
  }
  // No `default_permissions`: the host decides who may do what, and files belong to whoever looks.
  mount({ source: 'slipway', target, type: 'fuse', flags: MS_NOSUID | MS_NODEV, data: `fd=${fd},rootmode=40755,user_id=0,group_id=0,allow_other` });
  const socket = new Socket({
    handle,
    readable: true,
    writable: false,
    onread: {
      buffer: Buffer.allocUnsafeSlow(bufferSize),
      callback: (size: number, bytes: Uint8Array) => {
        onRequest(Buffer.from(bytes.subarray(0, size)));
        return true;
      },
    },
  } as unknown as SocketConstructorOpts);
  // ENODEV: it was unmounted.
  socket.on('error', () => undefined);
  socket.resume();
  readAhead(target);
  return {
    fd,
    answer(message) {
      try {
        writeSync(fd, message);
        return true;
      } catch {
        // ENOENT: the process that asked was killed meanwhile.
        return false;
      }
    },
  };
}

export function unmountFuse(target: string): void {
  for (;;) {
    try {
      umount2(target, MNT_DETACH);
    } catch {
      return;
    }
  }
}

/** By the device's number in the table of mounts: asking the file system itself would ask this thread. */
function readAhead(target: string): void {
  const line = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').find((text) => text.split(' ')[4] === target);
  const device = line?.split(' ')[2];
  try {
    if (device !== undefined) writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, String(readAheadKiB));
  } catch {
    // Slower, and no less right.
  }
}
