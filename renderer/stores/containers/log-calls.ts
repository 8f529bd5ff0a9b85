import type { LogSearchProgress, LogSearchRequest, LogState } from '../../../contract/engine-api/log-view.ts';
import type { OperationParams } from '../../../contract/engine-operation.ts';
import type { OperationOf } from '../../../contract/engine-operations.ts';
import { decodeLines, decodeMatches, frameTypes, LogFrameDecoder, type LogFrame, type WireLine } from '../../../contract/log-frames.ts';
import { asFailure, callEngine, IpcFailure, openStream } from '../../api.ts';

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Whether the engine has an index of its logs; other engines do without. @throws {IpcFailure} when it does not answer */
export async function hasLogIndex(): Promise<boolean> {
  try {
    const { Extensions } = await callEngine('system.extensions', {});
    return Extensions['logs'] === 1;
  } catch (error) {
    // Another engine: it does not know the path.
    if (asFailure(error).status === 404 || asFailure(error).kind === 'not-found') return false;
    throw error;
  }
}

/** The state of some logs, now and whenever it changes; answers the way to stop. */
export function followLogState(containers: readonly string[], listeners: { onState(state: LogState): void; onEnd(failure: IpcFailure | undefined): void }): () => void {
  const stream = openStream('engine/lines', { operation: 'logs.state', params: { container: containers, follow: true, levels: true } }, {
    onData: (state) => listeners.onState(state as LogState),
    onEnd: listeners.onEnd,
  });
  return () => stream.close();
}

/** Rows of some logs merged by time. @throws {IpcFailure}, also when the signal says stop */
export async function readRows(containers: readonly string[], from: number, count: number, signal: AbortSignal): Promise<{ row: number; lines: WireLine[] }> {
  return linesOf('logs.lines', { container: containers, from, count }, signal);
}

/** Which row a line is. @throws {IpcFailure} */
export async function findRow(containers: readonly string[], source: number, line: number): Promise<number> {
  const { row } = await linesOf('logs.lines', { container: containers, line: `${source}:${line}`, count: 0 }, new AbortController().signal);
  return row;
}

/** Lines by their numbers. @throws {IpcFailure} */
export async function pickLines(containers: readonly string[], lines: [number, number][], signal: AbortSignal): Promise<WireLine[]> {
  return (await linesOf('logs.pick', { body: { Containers: containers, Lines: lines } }, signal)).lines;
}

export function readMap(containers: readonly string[], buckets: number): Promise<{ Counted: number; Lines: number[]; Errors: number[]; Warnings: number[] }> {
  return callEngine('logs.map', { container: [...containers], buckets });
}

/** Searches until it is stopped by the function that it answers. A failure is told as `Error` of the last progress. */
export function searchLogs(request: LogSearchRequest, listeners: { onMatches(source: number, pairs: Float64Array): void; onProgress(progress: LogSearchProgress): void }): () => void {
  let isDone = false;
  const onProgress = (progress: LogSearchProgress): void => {
    isDone ||= progress.Done === true;
    listeners.onProgress(progress);
  };
  return openFrames('logs.search', { body: request }, {
    onFrame(frame) {
      if (frame.type === frameTypes.matches) {
        const { source, pairs } = decodeMatches(frame.payload);
        listeners.onMatches(source, pairs);
      } else onProgress(JSON.parse(textOf(frame.payload)) as LogSearchProgress);
    },
    onEnd: (failure) => {
      if (!isDone) onProgress({ Done: true, Error: failure?.message ?? '' });
    },
  });
}

function openFrames(operation: OperationOf<'bytes'>, params: OperationParams, listeners: { onFrame(frame: LogFrame): void; onEnd(failure: IpcFailure | undefined): void }): () => void {
  const frames = new LogFrameDecoder();
  const stream = openStream('engine/bytes', { operation, params }, {
    onData: (bytes) => {
      for (const frame of frames.push(bytes)) listeners.onFrame(frame);
    },
    onEnd: listeners.onEnd,
  });
  return () => stream.close();
}

function linesOf(operation: OperationOf<'bytes'>, params: OperationParams, signal: AbortSignal): Promise<{ row: number; lines: WireLine[] }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ row: number; lines: WireLine[] }>();
  let row = 0;
  const lines: WireLine[] = [];
  const stop = openFrames(operation, params, {
    onFrame(frame) {
      if (frame.type === frameTypes.lines) lines.push(...decodeLines(frame.payload, textOf));
      else if (frame.type === frameTypes.json) row = (JSON.parse(textOf(frame.payload)) as { Row: number }).Row;
    },
    onEnd: (failure) => (failure === undefined ? resolve({ row, lines }) : reject(failure)),
  });
  signal.addEventListener('abort', () => {
    stop();
    reject(new IpcFailure({ kind: 'cancelled', message: 'not wanted any more' }));
  });
  return promise;
}
