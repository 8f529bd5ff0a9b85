import type { IpcRequestChannel, IpcStreamChannel } from '../../contract/ipc.ts';
import type { IpcResult } from '../../contract/ipc-result.ts';
import type { ToMain } from '../../contract/ipc-wire.ts';
import { Failure, toIpcError } from '../failure.ts';
import type { Check } from './checks/check.ts';
import { integer, object, record, text } from './checks/check.ts';
import type { Handlers } from './handlers.ts';
import { requestParams, streamParams, streamUps } from './checks/params.ts';
import type { PushHub } from './push.ts';
import { StreamSession } from './stream-session.ts';
import type { IpcTransport } from './transport.ts';

/** More streams at once than any window needs; a page that opens more is broken. */
const maxStreams = 256;
const anything: Check<unknown> = (value) => value;
const number = integer(0, 0xffff_ffff);

const envelopes: { [T in ToMain['type']]: Check<Extract<ToMain, { type: T }>> } = {
  request: object<Extract<ToMain, { type: 'request' }>>({ type: literal('request'), id: number, channel: text(128), params: anything }),
  open: object<Extract<ToMain, { type: 'open' }>>({ type: literal('open'), stream: number, channel: text(128), params: anything }),
  data: object<Extract<ToMain, { type: 'data' }>>({ type: literal('data'), stream: number, payload: anything }),
  credit: object<Extract<ToMain, { type: 'credit' }>>({ type: literal('credit'), stream: number, count: integer(1, 0xffff) }),
  close: object<Extract<ToMain, { type: 'close' }>>({ type: literal('close'), stream: number }),
};

function literal<T extends string>(expected: T): Check<T> {
  return () => expected;
}

/** @throws Failure `invalid` for anything that is no message of the protocol. */
function parseEnvelope(message: unknown): ToMain {
  const type = record(message, 'message')['type'];
  if (typeof type !== 'string' || !Object.hasOwn(envelopes, type)) throw new Failure('invalid', 'message.type is unknown.');
  return envelopes[type as ToMain['type']](message, 'message');
}

/**
 * Serves one window until it goes: requests get one answer in an envelope, streams run with credit, news are pushed. The transport vouches
 * for who sends; what is sent is checked here, before any handler sees it.
 */
export function serveWindow(transport: IpcTransport, handlers: Handlers, pushes: PushHub, gone: () => void = () => undefined): void {
  const streams = new Map<number, { channel: IpcStreamChannel; session: StreamSession<unknown, unknown> }>();
  const leave = pushes.join(transport);
  transport.onClose(() => {
    leave();
    for (const { session } of streams.values()) session.close();
    streams.clear();
    gone();
  });

  const open = (id: number, channel: string, params: unknown) => {
    if (streams.has(id)) return transport.close(`stream ${id} is open already`);
    const session = new StreamSession<unknown, unknown>({
      data: (payload) => transport.send({ type: 'data', stream: id, payload }),
      credit: (count) => transport.send({ type: 'credit', stream: id, count }),
    });
    if (isStreamChannel(channel)) streams.set(id, { channel, session });
    const end = (error?: unknown) => {
      if (streams.get(id)?.session === session) streams.delete(id);
      // Frees whoever still waits on the session; the window has its end already or does not want one.
      const wanted = !session.signal.aborted;
      session.close();
      if (wanted) transport.send(error === undefined ? { type: 'end', stream: id } : { type: 'end', stream: id, error: toIpcError(error) });
    };
    runStream(handlers, channel, params, session, streams.size).then(() => end(), end);
  };

  const data = (id: number, payload: unknown) => {
    const stream = streams.get(id);
    // A stream that ended while this message was under way.
    if (stream === undefined) return;
    if (!stream.session.receive(streamUps[stream.channel](payload, 'payload'))) transport.close(`stream ${id} sends more than it has room for`);
  };

  transport.onMessage((raw) => {
    let message: ToMain;
    try {
      message = parseEnvelope(raw);
      switch (message.type) {
        case 'request': {
          const { id } = message;
          void answer(handlers, message.channel, message.params).then((result) => transport.send({ type: 'response', id, result }));
          return;
        }
        case 'open':
          return open(message.stream, message.channel, message.params);
        case 'data':
          return data(message.stream, message.payload);
        case 'credit':
          return streams.get(message.stream)?.session.addRoom(message.count);
        case 'close': {
          const stream = streams.get(message.stream);
          streams.delete(message.stream);
          stream?.session.close();
          // The contract promises one end for every stream, also for one that the window closed.
          if (stream !== undefined) transport.send({ type: 'end', stream: message.stream });
          return;
        }
      }
    } catch (error) {
      transport.close(toIpcError(error).message);
    }
  });
}

async function answer(handlers: Handlers, channel: string, params: unknown): Promise<IpcResult<unknown>> {
  try {
    if (!isRequestChannel(channel)) throw new Failure('invalid', `There is no channel ${channel}.`);
    const handle = handlers.requests[channel] as (params: unknown) => unknown;
    return { ok: true, value: await handle(requestParams[channel](params, 'params')) };
  } catch (error) {
    return { ok: false, error: toIpcError(error) };
  }
}

async function runStream(handlers: Handlers, channel: string, params: unknown, session: StreamSession<unknown, unknown>, open: number): Promise<void> {
  if (!isStreamChannel(channel)) throw new Failure('invalid', `There is no stream channel ${channel}.`);
  if (open > maxStreams) throw new Failure('refused', `This window has ${maxStreams} streams open; close some first.`);
  const handle = handlers.streams[channel] as (params: unknown, session: StreamSession<unknown, unknown>) => Promise<void>;
  await handle(streamParams[channel](params, 'params'), session);
}

// Own members only: a channel called `constructor` must not find Object's.
const isRequestChannel = (channel: string): channel is IpcRequestChannel => Object.hasOwn(requestParams, channel);
const isStreamChannel = (channel: string): channel is IpcStreamChannel => Object.hasOwn(streamParams, channel);
