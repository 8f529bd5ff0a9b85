import type { IpcError, IpcResult } from './ipc-result.ts';

/**
 * The messages that both transports carry: the WebSocket of the web shell (text frames hold JSON, binary frames hold
 * {@link encodeStreamBytes}) and the MessagePort of the Electron shell (structured clone).
 *
 * A stream begins with `open` and ends with one `end` from `main`; `close` from the window asks for that end. Each side
 * may have at most {@link streamWindow} unacknowledged messages under way in a stream; the receiver returns room with
 * `credit` once it has consumed them.
 */
export type ToMain =
  | { type: 'request'; id: number; channel: string; params: unknown }
  | { type: 'open'; stream: number; channel: string; params: unknown }
  | { type: 'data'; stream: number; payload: unknown }
  | { type: 'credit'; stream: number; count: number }
  | { type: 'close'; stream: number };

export type ToWindow =
  | { type: 'response'; id: number; result: IpcResult<unknown> }
  | { type: 'push'; channel: string; payload: unknown }
  | { type: 'data'; stream: number; payload: unknown }
  | { type: 'credit'; stream: number; count: number }
  | { type: 'end'; stream: number; error?: IpcError };

/** Messages a sender may have under way before it must wait for credit. */
export const streamWindow = 64;
/** Bytes in one data message at most; senders cut larger chunks. */
export const streamChunkSize = 64 * 1024;

/** What a shell gives to the window as `window.slipway`. The preload and the WebSocket client both implement it. */
export interface IpcBridge {
  send(message: ToMain): void;
  /** One listener only; messages that arrive before are kept for it. */
  listen(listener: (message: ToWindow) => void): void;
  /** Tells when the transport itself breaks and comes back (web: the socket; Electron: never). */
  onConnection(listener: (connected: boolean) => void): void;
}

/** A data message with bytes as one binary frame: stream number as big-endian uint32, then the bytes. */
export function encodeStreamBytes(stream: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + bytes.length);
  new DataView(frame.buffer).setUint32(0, stream);
  frame.set(bytes, 4);
  return frame;
}

/** @throws RangeError when the frame is shorter than its header. */
export function decodeStreamBytes(frame: Uint8Array): { stream: number; bytes: Uint8Array } {
  if (frame.length < 4) throw new RangeError(`binary frame of ${frame.length} bytes has no stream number`);
  const stream = new DataView(frame.buffer, frame.byteOffset, 4).getUint32(0);
  return { stream, bytes: frame.subarray(4) };
}
