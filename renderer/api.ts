import type { IpcError, IpcErrorKind } from '../contract/ipc-result.ts';
import type { IpcPushChannel, IpcPushes, IpcRequestChannel, IpcRequests, IpcStreamChannel, IpcStreams } from '../contract/ipc.ts';
import type { OperationParams } from '../contract/engine-operation.ts';
import type { AnswerOf, OperationName, OperationOf, ParamsOf } from '../contract/engine-operations.ts';
import type { IpcBridge } from '../contract/ipc-wire.ts';
import { createConnection, type Connection } from './transport/connection.ts';
import type { StreamEnd } from './transport/stream.ts';
import { createWebBridge, type SessionStatus } from './transport/web-bridge.ts';

declare global {
  interface Window {
    /** Set by the Electron preload before the page runs; absent in the web shell. */
    slipway?: IpcBridge;
  }
}

/** What a request or stream failed with, as an exception: the one error class that stores and features handle. */
export class IpcFailure extends Error {
  readonly kind: IpcErrorKind;
  readonly hint: string | undefined;
  readonly status: number | undefined;

  constructor(error: IpcError) {
    super(error.message);
    this.name = 'IpcFailure';
    this.kind = error.kind;
    this.hint = error.hint;
    this.status = error.status;
  }
}

export type TransportStatus = 'connecting' | 'connected' | 'broken' | 'no-session' | 'session-lost';

let connection: Connection | undefined;
let status: TransportStatus = 'connecting';
const statusListeners = new Set<(status: TransportStatus) => void>();

function setStatus(next: TransportStatus): void {
  if (next === status) return;
  status = next;
  for (const listener of statusListeners) listener(next);
}

/** Opens the bridge at first use, so that a test can put its own in place before anything is asked. */
function open(): Connection {
  if (connection !== undefined) return connection;
  const bridge = window.slipway ?? createWebBridge((session: SessionStatus) => setStatus(session));
  connection = createConnection(bridge, (connected) => setStatus(connected ? 'connected' : 'broken'));
  if (window.slipway !== undefined) setStatus('connected');
  return connection;
}

/**
 * Asks `main` one thing.
 * @throws {IpcFailure} with the words of the error, also when the transport breaks meanwhile (`unavailable`).
 */
export async function request<C extends IpcRequestChannel>(
  channel: C,
  ...[params]: IpcRequests[C]['params'] extends undefined ? [] : [IpcRequests[C]['params']]
): Promise<IpcRequests[C]['result']> {
  const result = await open().request(channel, params);
  if (!result.ok) throw new IpcFailure(result.error);
  return result.value as IpcRequests[C]['result'];
}

/** What an operation takes besides what the table leaves open: all of it by name. */
export type { AnswerOf, OperationName, ParamsOf };

/**
 * Makes one `json` operation of `contract/engine-operations.ts`. Actions of a person go through `stores/window/engine-action.ts`, which
 * shows their command.
 * @throws {IpcFailure}
 */
export async function callEngine<O extends OperationOf<'json'>>(operation: O, params: ParamsOf<O>): Promise<AnswerOf<O>> {
  return (await request('engine/call', { operation, params: params as OperationParams })) as AnswerOf<O>;
}

/** Hears a push from now on; answers the way to stop. */
export function onPush<C extends IpcPushChannel>(channel: C, listener: (payload: IpcPushes[C]) => void): () => void {
  return open().onPush(channel, listener as (payload: unknown) => void);
}

export interface StreamListeners<C extends IpcStreamChannel> {
  /** Room for one more message is given back when this returns, or when the promise that it returns settles. */
  onData(payload: IpcStreams[C]['down']): void | Promise<void>;
  onEnd(failure: IpcFailure | undefined): void;
}

export interface OpenStream<C extends IpcStreamChannel> {
  /** Resolves when `main` had room for it; bytes above the chunk size are cut. Rejects once the stream has ended. */
  send(payload: IpcStreams[C]['up']): Promise<void>;
  /** Asks for the end and hears nothing more. */
  close(): void;
}

export function openStream<C extends IpcStreamChannel>(channel: C, params: IpcStreams[C]['params'], listeners: StreamListeners<C>): OpenStream<C> {
  return open().openStream(channel, params, {
    onData: (payload) => listeners.onData(payload as IpcStreams[C]['down']),
    onEnd: (error: StreamEnd) => listeners.onEnd(error === undefined ? undefined : new IpcFailure(error)),
  });
}

/** The state of the way to `main`, now and whenever it changes. */
export function onTransport(listener: (status: TransportStatus) => void): () => void {
  open();
  statusListeners.add(listener);
  listener(status);
  return () => statusListeners.delete(listener);
}

/** Any thrown thing as the words that a person is shown. */
export function asFailure(error: unknown): IpcFailure {
  if (error instanceof IpcFailure) return error;
  return new IpcFailure({ kind: 'internal', message: error instanceof Error ? error.message : String(error) });
}
