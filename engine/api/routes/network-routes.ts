import type { EndpointSettings, Network, NetworkCreateRequest } from '../../../contract/engine-api/network.ts';
import { InvalidParameterError, NotFoundError } from '../../errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Filters } from '../requests/filters.ts';
import { networkConnectShape, networkCreateShape } from '../requests/request-shapes.ts';
import type { Handler } from '../router.ts';

export interface NetworkBackend {
  list(filters: Filters): Network[];
  inspect(reference: string): Network;
  create(request: NetworkCreateRequest): Promise<{ Id: string; Warning: string }>;
  remove(reference: string): Promise<void>;
  prune(filters: Filters, signal: AbortSignal): Promise<{ NetworksDeleted: string[] | null }>;
}

/** Whom networks connect. */
export interface NetworkContainers {
  connectNetwork(network: string, container: string, settings: EndpointSettings): Promise<void>;
  disconnectNetwork(network: string, container: string, force: boolean): Promise<void>;
}

type Verb = 'list' | 'inspect' | 'create' | 'remove' | 'prune' | 'connect' | 'disconnect';

export function networkRoutes(networks: NetworkBackend, containers: NetworkContainers): Record<Verb, Handler> {
  return {
    list(exchange) {
      // The list leaves out who is attached; inspect tells.
      const rows = networks.list(exchange.filters()).map((row) => fieldsOf(row, exchange.version));
      exchange.answer(200, exchange.version >= 28 ? rows.map((row) => ({ ...row, Containers: {} })) : rows);
    },
    inspect(exchange) {
      exchange.query.goBoolean('verbose');
      const scope = exchange.query.text('scope');
      if (scope !== '' && scope !== 'local') throw new NotFoundError(`network ${exchange.param('id')} not found`);
      exchange.answer(200, fieldsOf(networks.inspect(exchange.param('id')), exchange.version));
    },
    async create(exchange) {
      const request = await body<NetworkCreateRequest>(exchange, networkCreateShape);
      // Before there was a switch for it, IPv4 was always on.
      exchange.answer(201, await networks.create(exchange.version < 48 ? { ...request, EnableIPv4: true } : request));
    },
    async remove(exchange) {
      await networks.remove(exchange.param('id'));
      exchange.answerEmpty(204);
    },
    prune: async (exchange) => exchange.answer(200, await networks.prune(exchange.filters(), exchange.signal)),
    async connect(exchange) {
      const { Container, EndpointConfig } = await body<{ Container?: string; EndpointConfig?: EndpointSettings | null }>(exchange, networkConnectShape);
      await containers.connectNetwork(exchange.param('id'), reference(Container), settingsOf(EndpointConfig ?? {}, exchange.version));
      exchange.answerEmpty(200);
    },
    async disconnect(exchange) {
      const { Container, Force } = await body<{ Container?: string; Force?: boolean }>(exchange, networkConnectShape);
      await containers.disconnectNetwork(exchange.param('id'), reference(Container), Force ?? false);
      exchange.answerEmpty(200);
    },
  };
}

async function body<T>(exchange: Exchange, shape: Parameters<Exchange['json']>[0]): Promise<T> {
  const request = await exchange.json<T>(shape);
  if (request === undefined) throw new InvalidParameterError('invalid JSON: got EOF while reading request body');
  return request;
}

function reference(container: string | undefined): string {
  if (container === undefined || container === '') throw new InvalidParameterError('invalid name or ID supplied: ""');
  return container;
}

/** Settings that an older client cannot mean are left out, as moby does. */
function settingsOf(settings: EndpointSettings, version: number): EndpointSettings {
  return { ...settings, ...(version < 44 ? { MacAddress: '' } : {}), ...(version < 48 ? { GwPriority: 0 } : {}) };
}

function fieldsOf(network: Network, version: number): Partial<Network> {
  // JSON leaves out what is undefined.
  return version >= 48 ? network : { ...network, EnableIPv4: undefined };
}
