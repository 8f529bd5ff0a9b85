import type { ToWindow } from '../../contract/ipc-wire.ts';

/**
 * One window's way to `main`. Each shell makes one for each page that has proved who it is; a page that loads again gets a
 * new one. Messages keep their order both ways.
 */
export interface IpcTransport {
  /** Never throws; after the end it does nothing. */
  send(message: ToWindow): void;
  /** One listener. What comes is not trusted: it may be any value. */
  onMessage(listener: (message: unknown) => void): void;
  /** The window went away, or {@link close} was called. */
  onClose(listener: () => void): void;
  /** Cuts a window that does not keep to the protocol. */
  close(reason: string): void;
}
