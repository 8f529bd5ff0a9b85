import type { WebSocket } from 'ws';
import { decodeStreamBytes, encodeStreamBytes, type ToWindow } from '../../contract/ipc-wire.ts';
import type { IpcTransport } from '../ipc/transport.ts';

/** The page's own code knows these: it stops trying again. */
export const closeCodes = { refused: 4401, protocol: 4400 } as const;

const helloDeadlineMs = 5_000;
/**
 * Each stream is bounded by its credit (4 MiB); news and the sum of many streams are not. A page that reads nothing for so long is cut, and
 * joins anew.
 */
const maxBufferedBytes = 128 * 1024 * 1024;

/**
 * Waits for the first message, `{type:'hello', secret}`, and answers the window's transport once it is good. Any other first
 * message, or none in time, closes the socket; nothing else is read before.
 */
export function greetWindow(socket: WebSocket, isSession: (secret: string) => boolean, greeted: (transport: IpcTransport) => void): void {
  const refuse = () => socket.close(closeCodes.refused, 'this page has no session');
  const deadline = setTimeout(refuse, helloDeadlineMs);
  socket.on('error', () => socket.terminate());
  socket.on('close', () => clearTimeout(deadline));
  socket.once('message', (data, isBinary) => {
    clearTimeout(deadline);
    const secret = isBinary ? undefined : secretOf(String(data));
    if (secret === undefined || !isSession(secret)) return refuse();
    greeted(socketTransport(socket));
  });
}

function secretOf(hello: string): string | undefined {
  const message = parseJson(hello) as { type?: unknown; secret?: unknown } | null | undefined;
  return message?.type === 'hello' && typeof message.secret === 'string' ? message.secret : undefined;
}

function socketTransport(socket: WebSocket): IpcTransport {
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(encode(message));
      if (socket.bufferedAmount > maxBufferedBytes) socket.terminate();
    },
    onMessage(listener) {
      socket.on('message', (data, isBinary) => listener(isBinary ? bytesMessage(data as Buffer) : parseJson(String(data))));
    },
    onClose(listener) {
      socket.on('close', listener);
    },
    close(reason) {
      // A close frame carries at most 123 bytes of reason.
      socket.close(closeCodes.protocol, Buffer.from(reason).subarray(0, 120).toString());
    },
  };
}

function encode(message: ToWindow): string | Uint8Array {
  if (message.type === 'data' && message.payload instanceof Uint8Array) return encodeStreamBytes(message.stream, message.payload);
  return JSON.stringify(message);
}

function bytesMessage(frame: Buffer): unknown {
  if (frame.length < 4) return undefined;
  const { stream, bytes } = decodeStreamBytes(frame);
  return { type: 'data', stream, payload: bytes };
}

/** Undefined for what is no JSON: whoever reads it refuses that as it refuses any other wrong message. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
