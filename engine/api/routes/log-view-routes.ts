import { InvalidParameterError } from '../../errors.ts';
import { parseMoment } from '../../lib/time/timestamp.ts';
import type { Shape } from '../requests/json-shape.ts';
import type { Query } from '../requests/query.ts';
import type { Handler } from '../router.ts';

interface LineReference {
  source: number;
  line: number;
}

type LogPosition = { kind: 'row'; row: number } | { kind: 'tail'; rows: number } | { kind: 'time'; time: number } | { kind: 'line'; reference: LineReference };

type LogLevel = 'error' | 'warning' | 'info' | 'debug' | 'none';

/** Logs by number of line; see docs/api-extensions.md. */
export interface LogViewBackend {
  logState(references: readonly string[], options: { follow: boolean; levels: boolean; signal: AbortSignal }): AsyncIterable<unknown>;
  logLines(references: readonly string[], options: { from: LogPosition; before: number; count: number; follow: boolean; asText: boolean; signal: AbortSignal }): AsyncIterable<Buffer>;
  pickLogLines(references: readonly string[], lines: readonly LineReference[], signal: AbortSignal): AsyncIterable<Buffer>;
  searchLogs(
    references: readonly string[],
    options: {
      condition: { pattern?: string; ignoreCase: boolean; stream?: 'stdout' | 'stderr'; levels?: LogLevel[] };
      limit: number;
      from: readonly number[];
      signal: AbortSignal;
    },
  ): AsyncIterable<Buffer>;
  logMap(references: readonly string[], buckets: number, signal: AbortSignal): Promise<unknown>;
}

const frames = 'application/vnd.slipway.log-frames';
const jsonLines = 'application/x-ndjson';
const matchesByDefault = 100_000;
const matchesAtMost = 1_000_000;
const levelNames: readonly LogLevel[] = ['error', 'warning', 'info', 'debug', 'none'];

interface PickRequest {
  Containers?: string[];
  Lines?: number[][];
}

interface SearchRequest {
  Containers?: string[];
  Pattern?: string;
  IgnoreCase?: boolean;
  Stream?: string;
  Levels?: string[];
  Limit?: number;
  From?: number[];
}

const pickShape: Shape = { fields: { Containers: { list: 'string' }, Lines: { list: { list: 'integer' } } } };
const searchShape: Shape = {
  fields: { Containers: { list: 'string' }, Pattern: 'string', IgnoreCase: 'boolean', Stream: 'string', Levels: { list: 'string' }, Limit: 'integer', From: { list: 'integer' } },
};

export function logViewRoutes(logs: LogViewBackend): Record<'state' | 'lines' | 'pick' | 'search' | 'map', Handler> {
  return {
    async state(exchange) {
      const { query, signal } = exchange;
      const states = logs.logState(query.all('container'), { follow: query.flag('follow'), levels: query.flag('levels'), signal });
      await exchange.pumpLate(jsonLines, jsonLinesOf(states));
    },
    async lines(exchange) {
      const { query, signal } = exchange;
      const options = { from: positionOf(query), before: natural(query, 'before') ?? 0, count: natural(query, 'count') ?? Infinity, follow: query.flag('follow'), asText: query.text('format') === 'text', signal };
      await exchange.pumpLate(options.asText ? 'text/plain; charset=utf-8' : frames, logs.logLines(query.all('container'), options));
    },
    async pick(exchange) {
      const request = await exchange.json<PickRequest>(pickShape);
      const lines = (request?.Lines ?? []).map(([source, line]) => ({ source: source ?? -1, line: line ?? -1 }));
      await exchange.pumpLate(frames, logs.pickLogLines(request?.Containers ?? [], lines, exchange.signal));
    },
    async search(exchange) {
      const request = (await exchange.json<SearchRequest>(searchShape)) ?? {};
      const limit = Math.min(matchesAtMost, Math.max(0, request.Limit ?? matchesByDefault));
      await exchange.pumpLate(frames, logs.searchLogs(request.Containers ?? [], { condition: conditionOf(request), limit, from: request.From ?? [], signal: exchange.signal }));
    },
    async map(exchange) {
      const { query, signal } = exchange;
      const buckets = natural(query, 'buckets') ?? 100;
      if (buckets < 1 || buckets > 10_000) throw new InvalidParameterError('buckets: a number from 1 to 10000');
      exchange.answer(200, await logs.logMap(query.all('container'), buckets, signal));
    },
  };
}

async function* jsonLinesOf(values: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`);
}

/** One of `from`, `tail`, `time` and `line`; the beginning without any. @throws InvalidParameterError */
function positionOf(query: Query): LogPosition {
  const tail = natural(query, 'tail');
  if (tail !== undefined) return { kind: 'tail', rows: tail };
  const time = query.text('time');
  if (time !== '') {
    const moment = parseMoment(time);
    if (moment === undefined) throw new InvalidParameterError(`invalid value for "time": failed to parse ${JSON.stringify(time)} as a time`);
    return { kind: 'time', time: Number(moment / 1000n) / 1000 };
  }
  const line = query.text('line');
  if (line !== '') {
    const [, source, number] = /^(\d{1,3}):(\d{1,15})$/.exec(line) ?? [];
    if (source === undefined) throw new InvalidParameterError(`invalid value for "line": ${JSON.stringify(line)} is not the index of a container, a colon and a number`);
    return { kind: 'line', reference: { source: Number(source), line: Number(number) } };
  }
  return { kind: 'row', row: natural(query, 'from') ?? 0 };
}

/** undefined when absent. @throws InvalidParameterError */
function natural(query: Query, name: string): number | undefined {
  const value = query.integer(name);
  if (value !== undefined && value < 0) throw new InvalidParameterError(`invalid value for "${name}": ${value} is below 0`);
  return value;
}

function conditionOf({ Pattern, IgnoreCase, Stream, Levels }: SearchRequest): Parameters<LogViewBackend['searchLogs']>[1]['condition'] {
  if (Stream !== undefined && Stream !== 'stdout' && Stream !== 'stderr') throw new InvalidParameterError(`invalid value for "Stream": ${JSON.stringify(Stream)} is not "stdout" or "stderr"`);
  const levels = Levels?.map((level) => {
    const known = levelNames.find((name) => name === level);
    if (known === undefined) throw new InvalidParameterError(`invalid value for "Levels": ${JSON.stringify(level)} is none of ${levelNames.join(', ')}`);
    return known;
  });
  return {
    ...(Pattern === undefined ? {} : { pattern: Pattern }),
    ignoreCase: IgnoreCase ?? false,
    ...(Stream === undefined ? {} : { stream: Stream }),
    ...(levels === undefined ? {} : { levels }),
  };
}
