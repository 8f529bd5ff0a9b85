import type { IpcError, IpcResult } from '../../contract/ipc-result.ts';
import type { IpcBridge, ToWindow } from '../../contract/ipc-wire.ts';
import { StreamSide, type StreamHandlers } from './stream.ts';

export interface Connection {
  request(channel: string, params: unknown): Promise<IpcResult<unknown>>;
  onPush(channel: string, listener: (payload: unknown) => void): () => void;
  openStream(channel: string, params: unknown, handlers: StreamHandlers): { send(payload: unknown): Promise<void>; close(): void };
}

const broken: IpcError = {
  kind: 'unavailable',
  message: 'The connection to Slipway broke before the answer came',
  hint: 'It is made again by itself; then look whether the change happened.',
};

const away: IpcError = {
  kind: 'unavailable',
  message: 'Slipway itself does not answer',
  hint: 'The window connects again by itself as soon as it does.',
};

/**
 * Numbers requests and streams over one bridge and hands the answers to whoever waits for them.
 * @param onConnected is told of a break after everything that waited has been answered.
 */
export function createConnection(bridge: IpcBridge, onConnected: (connected: boolean) => void): Connection {
  let nextId = 1;
  /** Unknown at first: the bridge itself keeps what is sent before its first connection. */
  let isBroken = false;
  const requests = new Map<number, (result: IpcResult<unknown>) => void>();
  const streams = new Map<number, StreamSide>();
  const pushes = new Map<string, Set<(payload: unknown) => void>>();

  bridge.listen((message: ToWindow) => {
    switch (message.type) {
      case 'response': {
        const settle = requests.get(message.id);
        requests.delete(message.id);
        settle?.(message.result);
        return;
      }
      case 'push':
        for (const listener of pushes.get(message.channel) ?? []) listener(message.payload);
        return;
      case 'data':
        streams.get(message.stream)?.receive(message.payload);
        return;
      case 'credit':
        streams.get(message.stream)?.addRoom(message.count);
        return;
      case 'end': {
        const stream = streams.get(message.stream);
        streams.delete(message.stream);
        stream?.end(message.error);
        return;
      }
    }
  });

  bridge.onConnection((connected) => {
    isBroken = !connected;
    if (connected) return onConnected(true);
    // `main` forgets both with the socket; whoever waits must hear it now and ask again later.
    for (const settle of requests.values()) settle({ ok: false, error: broken });
    requests.clear();
    const open = [...streams.values()];
    streams.clear();
    for (const stream of open) stream.end(broken);
    onConnected(false);
  });

  return {
    request(channel, params) {
      if (isBroken) return Promise.resolve({ ok: false, error: away });
      const id = nextId++;
      return new Promise((resolve) => {
        requests.set(id, resolve);
        bridge.send({ type: 'request', id, channel, params });
      });
    },

    onPush(channel, listener) {
      const listeners = pushes.get(channel) ?? new Set();
      pushes.set(channel, listeners.add(listener));
      return () => listeners.delete(listener);
    },

    openStream(channel, params, handlers) {
      const id = nextId++;
      const stream = new StreamSide(id, (message) => bridge.send(message), handlers);
      if (isBroken) {
        queueMicrotask(() => stream.end(away));
        return { send: (payload) => stream.send(payload), close: () => stream.stop() };
      }
      streams.set(id, stream);
      bridge.send({ type: 'open', stream: id, channel, params });
      return {
        send: (payload) => stream.send(payload),
        close() {
          if (!streams.delete(id)) return;
          stream.stop();
          bridge.send({ type: 'close', stream: id });
        },
      };
    },
  };
}
