import { Socket, type SocketConstructorOpts } from 'node:net';

/** Node's wrap of libuv's `uv_pipe_t`, which takes any descriptor that epoll does. Answers are 0 or a negative errno. */
export interface PipeHandle {
  open(fd: number): number;
  listen(backlog: number): number;
  onconnection?(status: number, client?: PipeHandle): void;
  close(): void;
}
interface PipeBinding {
  Pipe: new (type: number) => PipeHandle;
  constants: { SOCKET: number; SERVER: number };
}

/**
 * A descriptor as libuv's pipe. `process.binding` is not public, but Node in the VM image is pinned, and the tests of this folder fail when a new Node lacks it.
 * @param path for the error's text
 * @throws Error; the descriptor is still the caller's then
 */
export function pipeHandle(fd: number, type: keyof PipeBinding['constants'], path: string): PipeHandle {
  const { Pipe, constants } = (process as unknown as { binding(name: 'pipe_wrap'): PipeBinding }).binding('pipe_wrap');
  const handle = new Pipe(constants[type]);
  const result = handle.open(fd);
  if (result !== 0) throw new Error(`${path}: libuv does not take the descriptor (error ${result})`);
  return handle;
}

export function socketOf(handle: PipeHandle): Socket {
  return new Socket({ handle, readable: true, writable: true, allowHalfOpen: true } as unknown as SocketConstructorOpts);
}
