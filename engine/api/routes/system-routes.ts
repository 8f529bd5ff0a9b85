import type { EventMessage } from '../../../contract/engine-api/event.ts';
import type { DiskUsageResponse, InfoResponse, VersionResponse } from '../../../contract/engine-api/system.ts';
import { ForbiddenError, InvalidParameterError } from '../../errors.ts';
import { parseMoment } from '../../lib/time/timestamp.ts';
import type { Exchange } from '../exchange.ts';
import { diskUsageFor, infoFor } from '../versions/system-versions.ts';
import type { Filters } from '../requests/filters.ts';
import type { Shape } from '../requests/json-shape.ts';
import type { Handler } from '../router.ts';

export interface HostNetwork {
  Proxies?: { Http?: string; Https?: string; No?: string };
  /** One PEM block each. */
  Certificates?: string[];
  /** Search domains of DNS. */
  Search?: string[];
}

/** What holds for containers and networks that say nothing of it. */
export interface Defaults {
  LogConfig?: { Type?: string; Config?: Record<string, string> };
  DefaultAddressPools?: { Base: string; Size: number }[];
}

const defaultsShape: Shape = { fields: { LogConfig: { fields: { Type: 'string', Config: { map: 'string' } } }, DefaultAddressPools: { list: { fields: { Base: 'string', Size: 'integer' } } } } };

export interface SystemBackend {
  version(): Promise<VersionResponse>;
  info(): Promise<InfoResponse>;
  diskUsage(types: string[] | null): Promise<DiskUsageResponse>;
  /** The backlog since a moment, then the news until another or the signal; `text` is the message as JSON. */
  events(options: { since?: bigint; until?: bigint; filters: Filters; signal: AbortSignal }): AsyncIterable<{ message: EventMessage; text: string }>;
  /** Syncs the disks and switches the machine off, soon after it has returned. */
  powerOff(): Promise<void>;
  /** Sets this machine's clock. */
  setClock(unixMs: number): void;
  /** Writes everything out and lets go of what is only cached: the machine is to be suspended. */
  settle(): Promise<void>;
  /** Makes the file system of the data disk as large as its disk, which is to have so many bytes; answers how large it is now. */
  growDisk(wantedBytes: number): Promise<number>;
  /** What the host of this machine knows of its network. */
  takeHostNetwork(network: HostNetwork): Promise<void>;
  takeDefaults(defaults: Defaults): void;
}

export function systemRoutes(backend: SystemBackend): Record<'version' | 'info' | 'diskUsage' | 'events' | 'powerOff' | 'setClock' | 'settle' | 'growDisk' | 'hostNetwork' | 'defaults', Handler> {
  return {
    version: async (exchange) => exchange.answer(200, await backend.version()),
    info: async (exchange) => exchange.answer(200, infoFor(exchange.version, await backend.info())),
    async diskUsage(exchange) {
      const { query, version } = exchange;
      exchange.answer(200, diskUsageFor(version, await backend.diskUsage(version < 42 || !query.has('type') ? null : query.all('type'))));
    },
    events: (exchange) => streamEvents(backend, exchange),
    async powerOff(exchange) {
      if (!exchange.overGuestChannel) throw new ForbiddenError('only the host of this machine may switch it off');
      await backend.powerOff();
      exchange.answerEmpty(204);
    },
    setClock(exchange) {
      if (!exchange.overGuestChannel) throw new ForbiddenError('only the host of this machine may set its clock');
      const unixMs = Number(exchange.query.text('unixMs'));
      if (!(unixMs > 0)) throw new InvalidParameterError('unixMs is to be the milliseconds since 1970');
      backend.setClock(unixMs);
      exchange.answerEmpty(204);
    },
    async settle(exchange) {
      if (!exchange.overGuestChannel) throw new ForbiddenError('only the host of this machine may suspend it');
      await backend.settle();
      exchange.answerEmpty(204);
    },
    /** `POST /slipway/grow-disk?bytes=N` → `{"Bytes": N}` */
    async growDisk(exchange) {
      if (!exchange.overGuestChannel) throw new ForbiddenError('only the host of this machine may make its disk larger');
      const bytes = Number(exchange.query.text('bytes'));
      if (!Number.isSafeInteger(bytes) || bytes <= 0) throw new InvalidParameterError('bytes is to be the size of the disk');
      exchange.answer(200, { Bytes: await backend.growDisk(bytes) });
    },
    /** `PUT /slipway/host-network`: see `docs/api-extensions.md`. */
    async hostNetwork(exchange) {
      if (!exchange.overGuestChannel) throw new ForbiddenError('only the host of this machine may tell it of its network');
      const network = await exchange.json<HostNetwork>({ fields: { Proxies: { fields: { Http: 'string', Https: 'string', No: 'string' } }, Certificates: { list: 'string' }, Search: { list: 'string' } } });
      await backend.takeHostNetwork(network ?? {});
      exchange.answerEmpty(204);
    },
    /** `PUT /slipway/defaults`: see `docs/api-extensions.md`. */
    async defaults(exchange) {
      backend.takeDefaults((await exchange.json<Defaults>(defaultsShape)) ?? {});
      exchange.answerEmpty(204);
    },
  };
}

/** Image events of this kind came with 1.46. */
const firstWithImageCreate = 46;

async function streamEvents(backend: SystemBackend, exchange: Exchange): Promise<void> {
  const { query, signal, version } = exchange;
  const [since, until] = [moment(query.text('since')), moment(query.text('until'))];
  if (since !== undefined && until !== undefined && until < since) {
    throw new InvalidParameterError(`\`since\` time (${query.text('since')}) cannot be after \`until\` time (${query.text('until')})`);
  }
  const iterator = backend.events({ since, until, filters: exchange.filters(), signal })[Symbol.asyncIterator]();
  const stream = exchange.jsonStream('\n');
  // The subscription exists before the client learns that it does.
  const first = iterator.next();
  stream.start();
  for (let next = await first; next.done !== true; next = await iterator.next()) {
    const { message, text } = next.value;
    if (version < firstWithImageCreate && message.Type === 'image' && message.Action === 'create') continue;
    stream.writeText(text);
    await stream.drained(signal);
  }
  stream.end();
}

/** Unix seconds with up to nine decimals, as moby; RFC 3339 as well. */
function moment(text: string): bigint | undefined {
  if (text === '') return undefined;
  const parsed = parseMoment(text);
  if (parsed === undefined) throw new InvalidParameterError(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  return parsed;
}
