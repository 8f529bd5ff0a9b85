import type {
  ContainerCreateRequest,
  ContainerCreateResponse,
  ContainerInspect,
  ContainerUpdateRequest,
  ContainerUpdateResponse,
} from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import { currentCreateRequest, inspectForVersion } from '../versions/container-versions.ts';
import type { Filters } from '../requests/filters.ts';
import { containerCreateShape, containerUpdateShape } from '../requests/request-shapes.ts';
import type { Handler } from '../router.ts';

export interface ContainerBackend {
  /** The bytes of a JSON array of `ContainerSummary`, with a newline: a list of thousands is mostly what it was a moment ago. */
  listJson(options: { all: boolean; limit: number; size: boolean; filters: Filters }): Promise<Buffer>;
  create(options: { name: string; platform: string }, request: ContainerCreateRequest): Promise<ContainerCreateResponse>;
  update(reference: string, request: ContainerUpdateRequest): Promise<ContainerUpdateResponse>;
  inspect(reference: string, size: boolean): Promise<ContainerInspect>;
  start(reference: string): Promise<void>;
  stop(reference: string, options: { timeout?: number; signal?: string }): Promise<void>;
  restart(reference: string, options: { timeout?: number; signal?: string }): Promise<void>;
  kill(reference: string, signal: string): Promise<void>;
  pause(reference: string): Promise<void>;
  unpause(reference: string): Promise<void>;
  rename(reference: string, name: string): Promise<void>;
  resize(reference: string, size: { rows: number; columns: number }): Promise<void>;
  remove(reference: string, options: { force: boolean; removeVolumes: boolean; link: boolean }): Promise<void>;
  top(reference: string, psArguments: string): Promise<{ Titles: string[]; Processes: string[][] }>;
  prune(filters: Filters, signal: AbortSignal): Promise<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }>;
}

const firstWithPlatform = 41;
const longestNothing = 7;
const firstWithPidsUpdate = 40;

type Name = 'list' | 'create' | 'update' | 'inspect' | 'start' | 'stop' | 'restart' | 'kill' | 'pause' | 'unpause' | 'rename' | 'resize' | 'remove' | 'top' | 'prune';

export function containerRoutes(containers: ContainerBackend): Record<Name, Handler> {
  return {
    async list(exchange) {
      const { query } = exchange;
      const limit = query.integer('limit') ?? 0;
      exchange.answerJson(200, await containers.listJson({ all: query.flag('all'), limit: Math.max(limit, 0), size: query.flag('size'), filters: exchange.filters() }));
    },
    async create(exchange) {
      const asked = await exchange.json<ContainerCreateRequest>(containerCreateShape);
      if (asked === undefined) throw new InvalidParameterError('invalid JSON: got EOF while reading request body');
      const { request, warnings } = currentCreateRequest(exchange.version, asked);
      const platform = exchange.version >= firstWithPlatform ? exchange.query.text('platform') : '';
      const created = await containers.create({ name: exchange.query.text('name'), platform }, request);
      exchange.answer(201, { ...created, Warnings: [...created.Warnings, ...warnings] });
    },
    async update(exchange) {
      const request = await exchange.json<ContainerUpdateRequest>(containerUpdateShape);
      if (request === undefined) throw new InvalidParameterError('invalid JSON: got EOF while reading request body');
      if (exchange.version < firstWithPidsUpdate) delete request.PidsLimit;
      exchange.answer(200, await containers.update(exchange.param('id'), request));
    },
    async inspect(exchange) {
      exchange.answer(200, inspectForVersion(exchange.version, await containers.inspect(exchange.param('id'), exchange.query.flag('size'))));
    },
    async start(exchange) {
      // Up to seven bytes: some clients send `null` or `{}`, as moby knows.
      if (Number(exchange.headers['content-length'] ?? 0) > longestNothing || exchange.headers['transfer-encoding'] !== undefined) {
        throw new InvalidParameterError('starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24');
      }
      if (exchange.query.text('checkpoint') !== '') throw new InvalidParameterError('checkpoint is only supported in experimental mode');
      await containers.start(exchange.param('id'));
      exchange.answerEmpty(204);
    },
    async stop(exchange) {
      await containers.stop(exchange.param('id'), { timeout: exchange.query.integer('t'), signal: exchange.query.text('signal') });
      exchange.answerEmpty(204);
    },
    async restart(exchange) {
      await containers.restart(exchange.param('id'), { timeout: exchange.query.integer('t'), signal: exchange.query.text('signal') });
      exchange.answerEmpty(204);
    },
    async kill(exchange) {
      await containers.kill(exchange.param('id'), exchange.query.text('signal'));
      exchange.answerEmpty(204);
    },
    async pause(exchange) {
      await containers.pause(exchange.param('id'));
      exchange.answerEmpty(204);
    },
    async unpause(exchange) {
      await containers.unpause(exchange.param('id'));
      exchange.answerEmpty(204);
    },
    async rename(exchange) {
      await containers.rename(exchange.param('id'), exchange.query.text('name'));
      exchange.answerEmpty(204);
    },
    async resize(exchange) {
      const size = { rows: exchange.query.uint32('h', 'resize height'), columns: exchange.query.uint32('w', 'resize width') };
      await containers.resize(exchange.param('id'), size);
      exchange.answerEmpty(200);
    },
    async remove(exchange) {
      await containers.remove(exchange.param('id'), { force: exchange.query.flag('force'), removeVolumes: exchange.query.flag('v'), link: exchange.query.flag('link') });
      exchange.answerEmpty(204);
    },
    async top(exchange) {
      exchange.answer(200, await containers.top(exchange.param('id'), exchange.query.text('ps_args')));
    },
    async prune(exchange) {
      exchange.answer(200, await containers.prune(exchange.filters(), exchange.signal));
    },
  };
}
