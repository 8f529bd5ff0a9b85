import type { Network } from '../../../contract/engine-api/network.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { Filters } from '../filters.ts';
import { networkCreateShape } from '../request-shapes.ts';
import type { Handler } from '../router.ts';

export interface NetworkCreateRequest {
  Name: string;
  Driver?: string;
  Internal?: boolean;
  Attachable?: boolean;
  EnableIPv6?: boolean;
  IPAM?: { Driver?: string; Options?: Record<string, string> | null; Config?: { Subnet?: string; IPRange?: string; Gateway?: string }[] | null } | null;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export interface NetworkBackend {
  list(filters: Filters): Network[];
  inspect(reference: string): Network;
  create(request: NetworkCreateRequest): Promise<{ Id: string; Warning: string }>;
  remove(reference: string): Promise<void>;
}

export function networkRoutes(networks: NetworkBackend): Record<'list' | 'inspect' | 'create' | 'remove', Handler> {
  return {
    list(exchange) {
      // The list leaves out who is attached; inspect tells.
      const rows = networks.list(exchange.filters());
      exchange.answer(200, exchange.version >= 28 ? rows.map((row) => ({ ...row, Containers: {} })) : rows);
    },
    inspect: (exchange) => exchange.answer(200, networks.inspect(exchange.param('id'))),
    async create(exchange) {
      const request = await exchange.json<NetworkCreateRequest>(networkCreateShape);
      if (request === undefined) throw new InvalidParameterError('invalid JSON: got EOF while reading request body');
      exchange.answer(201, await networks.create(request));
    },
    async remove(exchange) {
      await networks.remove(exchange.param('id'));
      exchange.answerEmpty(204);
    },
  };
}
