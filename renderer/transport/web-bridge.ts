import { decodeStreamBytes, encodeStreamBytes, type IpcBridge, type ToMain, type ToWindow } from '../../contract/ipc-wire.ts';
import { claimSession, forgetSecret, onNewSecret, takeToken } from './session.ts';

/** `no-session`: the page was opened without a token; `session-lost`: the server no longer knows this page's secret. */
export type SessionStatus = 'no-session' | 'session-lost';

/** Close codes by which the server says that the secret is not (any more) good; trying again would not help. */
const refusedCodes = new Set([4401, 1008]);
const firstDelay = 250;
const longestDelay = 4000;

/**
 * The bridge of the web shell: one WebSocket at `ipc`, text frames with JSON and binary frames with a stream's bytes,
 * made again by itself with growing pauses. What is sent before the first connection waits for it; what is sent later
 * without one is answered by the connection layer, which knows that it is broken.
 */
export function createWebBridge(onSession: (status: SessionStatus) => void): IpcBridge {
  let socket: WebSocket | undefined;
  let listener: ((message: ToWindow) => void) | undefined;
  let connectionListener: ((connected: boolean) => void) | undefined;
  let early: ToWindow[] = [];
  let queued: ToMain[] | undefined = [];
  let token = takeToken();
  let delay = firstDelay;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function deliver(message: ToWindow): void {
    if (listener === undefined) early.push(message);
    else listener(message);
  }

  function write(message: ToMain): void {
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (message.type === 'data' && message.payload instanceof Uint8Array) socket.send(encodeStreamBytes(message.stream, message.payload) as Uint8Array<ArrayBuffer>);
    else socket.send(JSON.stringify(message));
  }

  async function connect(): Promise<void> {
    const session = await claimSession(token);
    if (session.status === 'unreachable') return later();
    token = undefined;
    if (session.status !== 'ready') return onSession(session.status === 'none' ? 'no-session' : 'session-lost');

    const address = new URL('./ipc', location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.hash = '';
    const opening = new WebSocket(address);
    opening.binaryType = 'arraybuffer';
    opening.addEventListener('open', () => {
      socket = opening;
      delay = firstDelay;
      opening.send(JSON.stringify({ type: 'hello', secret: session.secret }));
      connectionListener?.(true);
      for (const message of queued ?? []) write(message);
      queued = undefined;
    });
    opening.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
      if (typeof event.data === 'string') return deliver(JSON.parse(event.data) as ToWindow);
      const { stream, bytes } = decodeStreamBytes(new Uint8Array(event.data));
      deliver({ type: 'data', stream, payload: bytes });
    });
    opening.addEventListener('close', (event) => {
      if (socket === opening) {
        socket = undefined;
        connectionListener?.(false);
      }
      if (!refusedCodes.has(event.code)) return later();
      forgetSecret(session.secret);
      onSession('session-lost');
    });
  }

  function later(): void {
    clearTimeout(retry);
    retry = setTimeout(() => void connect(), delay);
    delay = Math.min(delay * 2, longestDelay);
  }

  onNewSecret(() => {
    if (socket === undefined) void connect();
  });
  void connect();

  return {
    send(message) {
      if (queued !== undefined) queued.push(message);
      else write(message);
    },
    listen(next) {
      listener = next;
      const waiting = early;
      early = [];
      for (const message of waiting) next(message);
    },
    onConnection(next) {
      connectionListener = next;
    },
  };
}
