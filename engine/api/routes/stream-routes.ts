import type { UsageReport } from '../../../contract/engine-api/usage.ts';
import type { Duplex } from 'node:stream';
import type { ContainerWaitResponse } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import { parseMoment } from '../../lib/time/timestamp.ts';
import type { Exchange } from '../exchange.ts';
import type { Handler } from '../router.ts';

/** The verbs of containers whose answers are streams. */
export interface ContainerStreamBackend {
  /** Whether the container has a terminal: its output is raw then. */
  hasTerminal(reference: string): boolean;
  attach(
    reference: string,
    options: { stdin: boolean; stdout: boolean; stderr: boolean; logs: boolean; stream: boolean; detachKeys: string },
    open: () => Promise<Duplex>,
  ): Promise<void>;
  logs(
    reference: string,
    options: {
      stdout: boolean;
      stderr: boolean;
      follow: boolean;
      tail: number | null;
      since?: bigint;
      until?: bigint;
      timestamps: boolean;
      details: boolean;
      signal: AbortSignal;
    },
  ): Promise<{ multiplexed: boolean; chunks: AsyncIterable<Buffer> }>;
  /** Counts from the call on, not from the await. */
  wait(reference: string, condition: string, signal: AbortSignal): Promise<ContainerWaitResponse>;
  /** One sample when `stream` is false; otherwise one a second until the signal. */
  stats(reference: string, options: { stream: boolean; oneShot: boolean; signal: AbortSignal }): AsyncIterable<unknown>;
  /** Counters of everything that runs. */
  usage(): Promise<UsageReport>;
}

const rawStream = 'application/vnd.docker.raw-stream';
const multiplexedStream = 'application/vnd.docker.multiplexed-stream';
const firstWithMultiplexedType = 42;
const firstWithBinaryFrames = 28;
/** Of `wait`. */
const firstWithConditions = 30;

/** @param raw no frames, because a terminal has mixed the streams */
export function streamType(exchange: Exchange, raw: boolean): string {
  return raw || exchange.version < firstWithMultiplexedType ? rawStream : multiplexedStream;
}

export function streamRoutes(containers: ContainerStreamBackend): Record<'attach' | 'attachBySocket' | 'logs' | 'wait' | 'stats' | 'usage', Handler> {
  return {
    async attach(exchange) {
      const reference = exchange.param('id');
      try {
        await containers.attach(reference, attachOptions(exchange), () => exchange.hijack(streamType(exchange, containers.hasTerminal(reference))));
      } catch (error) {
        exchange.answerPlainError(error, rawStream);
      }
    },
    async attachBySocket(exchange) {
      const reference = exchange.param('id');
      const frames = exchange.version < firstWithBinaryFrames ? 'text' : 'binary';
      // Both streams in one, without headers, as moby does.
      await containers.attach(reference, attachOptions(exchange), () => exchange.hijackWebSocket({ frames, multiplexed: !containers.hasTerminal(reference) }));
    },
    async logs(exchange) {
      const { query, signal } = exchange;
      const reference = exchange.param('id');
      // A container that is not there is said before a time that is none; no stream at all before both.
      if (query.flag('stdout') || query.flag('stderr')) containers.hasTerminal(reference);
      const { multiplexed, chunks } = await containers.logs(reference, {
        stdout: query.flag('stdout'),
        stderr: query.flag('stderr'),
        follow: query.flag('follow'),
        tail: tailOf(query.text('tail')),
        since: moment('since', query.text('since')),
        until: moment('until', query.text('until')),
        timestamps: query.flag('timestamps'),
        details: query.flag('details'),
        signal,
      });
      const contentType = streamType(exchange, !multiplexed);
      if (query.flag('follow')) await exchange.pump(contentType, chunks);
      else await exchange.pumpLate(contentType, chunks);
    },
    async wait(exchange) {
      const condition = exchange.version < firstWithConditions ? '' : exchange.query.text('condition');
      const answer = containers.wait(exchange.param('id'), condition, exchange.signal);
      // The client starts the container once it sees these headers.
      const response = exchange.answerStream('application/json');
      try {
        response.end(`${JSON.stringify(await answer)}\n`);
      } catch (error) {
        if (!exchange.signal.aborted) throw error;
        response.destroy();
      }
    },
    async usage(exchange) {
      exchange.answer(200, await containers.usage());
    },
    async stats(exchange) {
      const { query, signal } = exchange;
      const stream = query.flag('stream', true);
      const samples = containers.stats(exchange.param('id'), { stream, oneShot: query.flag('one-shot'), signal });
      const output = exchange.jsonStream('\n');
      for await (const sample of samples) {
        output.write(sample);
        await output.drained(signal);
      }
      output.end();
    },
  };
}

function attachOptions({ query }: Exchange): Parameters<ContainerStreamBackend['attach']>[1] {
  return {
    stdin: query.flag('stdin'),
    stdout: query.flag('stdout'),
    stderr: query.flag('stderr'),
    logs: query.flag('logs'),
    stream: query.flag('stream'),
    detachKeys: query.text('detachKeys'),
  };
}

/** null for everything: `all`, nothing, or what is no number of entries, as in moby. */
function tailOf(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** `0` is how clients say nothing. @throws InvalidParameterError */
function moment(name: string, text: string): bigint | undefined {
  if (text === '' || text === '0') return undefined;
  const parsed = parseMoment(text);
  if (parsed === undefined) throw new InvalidParameterError(`invalid value for "${name}": failed to parse ${JSON.stringify(text)} as a time`);
  return parsed;
}
