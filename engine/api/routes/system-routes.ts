import type { InfoResponse, VersionResponse } from '../../../contract/engine-api/system.ts';
import type { EventMessage } from '../../../contract/engine-api/event.ts';
import { ForbiddenError, InvalidParameterError } from '../../errors.ts';
import { parseMoment } from '../../lib/timestamp.ts';
import type { Exchange } from '../exchange.ts';
import type { Filters } from '../filters.ts';
import type { Handler } from '../router.ts';

export interface SystemBackend {
  version(): Promise<VersionResponse>;
  info(): Promise<InfoResponse>;
  diskUsage(types: string[]): Promise<Record<string, unknown>>;
  /** The backlog since a moment, then the news until another or the signal. */
  events(options: { since?: bigint; until?: bigint; filters: Filters; signal: AbortSignal }): AsyncIterable<EventMessage>;
  /** Syncs the disks and switches the machine off, soon after it has returned. */
  powerOff(): Promise<void>;
}

export function systemRoutes(backend: SystemBackend): Record<'ping' | 'version' | 'info' | 'diskUsage' | 'events' | 'powerOff', Handler> {
  return {
    ping(exchange) {
      exchange.answerText(200, exchange.method === 'HEAD' ? '' : 'OK', {
        'Builder-Version': '1',
        'Cache-Control': 'no-cache, no-store, must-revalidate',
        Pragma: 'no-cache',
        Swarm: 'inactive',
      });
    },
    version: async (exchange) => exchange.answer(200, await backend.version()),
    info: async (exchange) => exchange.answer(200, await backend.info()),
    diskUsage: async (exchange) => exchange.answer(200, await backend.diskUsage(exchange.query.all('type'))),
    events: (exchange) => streamEvents(backend, exchange),
    async powerOff(exchange) {
      if (!exchange.overGuestChannel) throw new ForbiddenError('only the host of this machine may switch it off');
      await backend.powerOff();
      exchange.answerEmpty(204);
    },
  };
}

async function streamEvents(backend: SystemBackend, exchange: Exchange): Promise<void> {
  const { query, signal } = exchange;
  const events = backend.events({ since: moment(query.text('since')), until: moment(query.text('until')), filters: exchange.filters(), signal });
  const stream = exchange.jsonStream('\n');
  const iterator = events[Symbol.asyncIterator]();
  // The subscription exists before the client learns that it does.
  const first = iterator.next();
  stream.start();
  for (let next = await first; next.done !== true; next = await iterator.next()) {
    stream.write(next.value);
    await stream.drained(signal);
  }
  stream.end();
}

function moment(text: string): bigint | undefined {
  if (text === '') return undefined;
  const parsed = parseMoment(text);
  if (parsed === undefined) throw new InvalidParameterError(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  return parsed;
}
