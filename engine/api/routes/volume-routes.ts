import type { Volume } from '../../../contract/engine-api/volume.ts';
import type { Filters } from '../requests/filters.ts';
import { volumeCreateShape } from '../requests/request-shapes.ts';
import type { Handler } from '../router.ts';

export interface VolumeCreateRequest {
  Name?: string;
  Driver?: string;
  DriverOpts?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export interface VolumeBackend {
  list(filters: Filters): Promise<Volume[]>;
  inspect(name: string): Promise<Volume>;
  create(request: VolumeCreateRequest): Promise<Volume>;
  remove(name: string, force: boolean): Promise<void>;
  prune(filters: Filters, signal: AbortSignal): Promise<{ VolumesDeleted: string[]; SpaceReclaimed: number }>;
}

const firstThatSparesNamed = 42;

export function volumeRoutes(volumes: VolumeBackend): Record<'list' | 'inspect' | 'create' | 'remove' | 'prune', Handler> {
  return {
    async list(exchange) {
      exchange.answer(200, { Volumes: await volumes.list(exchange.filters()), Warnings: null });
    },
    async inspect(exchange) {
      exchange.answer(200, await volumes.inspect(exchange.param('name')));
    },
    async create(exchange) {
      exchange.answer(201, await volumes.create((await exchange.json<VolumeCreateRequest>(volumeCreateShape)) ?? {}));
    },
    async remove(exchange) {
      await volumes.remove(exchange.param('name'), exchange.query.flag('force'));
      exchange.answerEmpty(204);
    },
    async prune(exchange) {
      const filters = exchange.filters();
      // Before 1.42 named ones went as well.
      if (exchange.version < firstThatSparesNamed) filters.all = ['true'];
      exchange.answer(200, await volumes.prune(filters, exchange.signal));
    },
  };
}
