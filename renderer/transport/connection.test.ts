import { expect, test } from 'vitest';
import { streamChunkSize, streamWindow, type IpcBridge, type ToMain, type ToWindow } from '../../contract/ipc-wire.ts';
import { createConnection, type Connection } from './connection.ts';

/** A bridge whose other end is the test. */
function pair(): { connection: Connection; sent: ToMain[]; deliver(message: ToWindow): void; setConnected(connected: boolean): void; heard: boolean[] } {
  const sent: ToMain[] = [];
  const heard: boolean[] = [];
  let listener: (message: ToWindow) => void = () => undefined;
  let connectionListener: (connected: boolean) => void = () => undefined;
  const bridge: IpcBridge = {
    send: (message) => sent.push(message),
    listen: (next) => (listener = next),
    onConnection: (next) => (connectionListener = next),
  };
  const connection = createConnection(bridge, (connected) => heard.push(connected));
  return { connection, sent, deliver: (message) => listener(message), setConnected: (connected) => connectionListener(connected), heard };
}

const ignore = { onData: () => undefined, onEnd: () => undefined };
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('answers find their questions in any order', async () => {
  const { connection, sent, deliver } = pair();
  const first = connection.request('a', 1);
  const second = connection.request('b', 2);
  const ids = sent.map((message) => (message.type === 'request' ? message.id : -1));
  deliver({ type: 'response', id: ids[1] ?? -1, result: { ok: true, value: 'two' } });
  deliver({ type: 'response', id: ids[0] ?? -1, result: { ok: true, value: 'one' } });
  deliver({ type: 'response', id: 999, result: { ok: true, value: 'nobody asked' } });
  expect([await first, await second]).toEqual([{ ok: true, value: 'one' }, { ok: true, value: 'two' }]);
});

test('a break answers whoever waits, before it is told; then nothing waits in vain', async () => {
  const { connection, sent, setConnected, heard } = pair();
  const ends: unknown[] = [];
  const waiting = connection.request('a', undefined);
  connection.openStream('s', {}, { onData: () => undefined, onEnd: (error) => ends.push(error, heard.length) });
  setConnected(false);
  expect(await waiting).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
  expect(ends).toMatchObject([{ kind: 'unavailable' }, 0]);
  const before = sent.length;
  expect(await connection.request('b', undefined)).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
  connection.openStream('s', {}, { onData: () => undefined, onEnd: (error) => ends.push(error) });
  await settled();
  expect(ends).toHaveLength(3);
  expect(sent).toHaveLength(before);
  setConnected(true);
  void connection.request('c', undefined);
  expect(sent).toHaveLength(before + 1);
});

test('a sender waits when its window is empty and goes on with the room that comes back', async () => {
  const { connection, sent, deliver } = pair();
  const stream = connection.openStream('s', {}, ignore);
  const id = sent[0]?.type === 'open' ? sent[0].stream : -1;
  const data = (): ToMain[] => sent.filter(({ type }) => type === 'data');
  const sends = Array.from({ length: streamWindow + 10 }, (_, index) => stream.send(index));
  await settled();
  expect(data()).toHaveLength(streamWindow);
  deliver({ type: 'credit', stream: id, count: 4 });
  await settled();
  expect(data()).toHaveLength(streamWindow + 4);
  deliver({ type: 'credit', stream: id, count: 100 });
  await Promise.all(sends);
  expect(data().map((message) => message.type === 'data' && message.payload)).toEqual(Array.from({ length: streamWindow + 10 }, (_, index) => index));
});

test('bytes above the chunk size are cut and keep their order', async () => {
  const { connection, sent } = pair();
  const stream = connection.openStream('s', {}, ignore);
  const bytes = new Uint8Array(streamChunkSize * 2 + 5).map((_, index) => index % 251);
  await stream.send(bytes);
  const chunks = sent.flatMap((message) => (message.type === 'data' && message.payload instanceof Uint8Array ? [message.payload] : []));
  expect(chunks.map(({ length }) => length)).toEqual([streamChunkSize, streamChunkSize, 5]);
  expect(Buffer.concat(chunks).equals(Buffer.from(bytes))).toBe(true);
});

test('a slow consumer holds back the credit, gets everything in order, and the end last', async () => {
  const { connection, sent, deliver } = pair();
  const seen: unknown[] = [];
  const gates: (() => void)[] = [];
  connection.openStream('s', {}, {
    onData: async (payload) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      seen.push(payload);
    },
    onEnd: (error) => seen.push(['end', error]),
  });
  const id = sent[0]?.type === 'open' ? sent[0].stream : -1;
  const credit = (): number => sent.reduce((sum, message) => sum + (message.type === 'credit' ? message.count : 0), 0);
  for (let index = 0; index < streamWindow; index++) deliver({ type: 'data', stream: id, payload: index });
  deliver({ type: 'end', stream: id });
  await settled();
  expect([gates.length, credit(), seen.length]).toEqual([1, 0, 0]);
  for (let index = 0; index < streamWindow; index++) {
    gates[index]?.();
    await settled();
  }
  expect(seen).toEqual([...Array.from({ length: streamWindow }, (_, index) => index), ['end', undefined]]);
});

test('a quick consumer gives back all that it consumed, in batches, before the window is empty', () => {
  const { connection, sent, deliver } = pair();
  connection.openStream('s', {}, ignore);
  const id = sent[0]?.type === 'open' ? sent[0].stream : -1;
  let room = streamWindow;
  for (let index = 0; index < 1000; index++) {
    expect(room).toBeGreaterThan(0);
    const before = sent.length;
    deliver({ type: 'data', stream: id, payload: index });
    room -= 1;
    for (const message of sent.slice(before)) if (message.type === 'credit') room += message.count;
  }
  expect(sent.filter(({ type }) => type === 'credit').length).toBeLessThan(100);
});

test('after close nothing is heard, and what waited to be sent fails', async () => {
  const { connection, sent, deliver } = pair();
  const seen: unknown[] = [];
  const stream = connection.openStream('s', {}, { onData: (payload) => void seen.push(payload), onEnd: () => seen.push('end') });
  const id = sent[0]?.type === 'open' ? sent[0].stream : -1;
  const sends = Array.from({ length: streamWindow + 1 }, () => stream.send(0));
  stream.close();
  stream.close();
  deliver({ type: 'data', stream: id, payload: 1 });
  deliver({ type: 'end', stream: id });
  await expect(sends.at(-1)).rejects.toThrow('ended');
  await expect(stream.send(2)).rejects.toThrow('ended');
  expect(seen).toEqual([]);
  expect(sent.filter(({ type }) => type === 'close')).toHaveLength(1);
});

test('a push reaches those who listen, until they stop', () => {
  const { connection, deliver } = pair();
  const seen: unknown[] = [];
  const stop = connection.onPush('p', (payload) => seen.push(payload));
  deliver({ type: 'push', channel: 'p', payload: 1 });
  stop();
  deliver({ type: 'push', channel: 'p', payload: 2 });
  expect(seen).toEqual([1]);
});
