import type { Readable } from 'node:stream';
import type { DistributionInspect, ImageInspect, ImagePruneReport, ImageSummary, SearchResult } from '../../../contract/engine-api/image.ts';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { ForbiddenError, InvalidParameterError } from '../../errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Filters } from '../requests/filters.ts';
import { inspectFor, listBytes } from '../versions/image-versions.ts';
import type { PlatformParameter } from '../requests/platform-parameter.ts';
import { platformParameter } from '../requests/platform-parameter.ts';
import type { Handler } from '../router.ts';
import { registryAuth } from '../requests/registry-auth.ts';
import { credentialsShape } from '../requests/request-shapes.ts';
import type { RegistryAuth } from '../requests/registry-auth.ts';

export interface ImageBackend {
  /** The same array as before for as long as it says the same. */
  list(options: { all: boolean; filters: Filters; sharedSize: boolean; manifests: boolean }): Promise<readonly Readonly<ImageSummary>[]>;
  inspect(reference: string, options: { manifests: boolean; platform?: PlatformParameter; container: boolean }): Promise<ImageInspect>;
  history(reference: string, platform?: PlatformParameter): Promise<unknown[]>;
  pull(
    reference: string,
    options: { auth?: RegistryAuth; platform?: string; allTags: boolean; signal: AbortSignal },
    onProgress: (message: ProgressMessage) => void,
  ): Promise<void>;
  import(options: ImportRequest, onProgress: (message: ProgressMessage) => void): Promise<void>;
  push(
    reference: string,
    options: { auth?: RegistryAuth; platform?: PlatformParameter; signal: AbortSignal },
    onProgress: (message: ProgressMessage) => void,
  ): Promise<void>;
  save(names: readonly string[], platform?: PlatformParameter): AsyncIterable<Buffer>;
  distribution(reference: string, options: { auth?: RegistryAuth; signal: AbortSignal }): Promise<DistributionInspect>;
  search(term: string, options: { limit: number; filters: Filters; auth?: RegistryAuth; signal: AbortSignal }): Promise<SearchResult[]>;
  login(auth: RegistryAuth, signal: AbortSignal): Promise<object>;
  addRegistries(config: { insecure: string[]; mirrors: string[] }): void;
  load(archive: Readable, options: { quiet: boolean; platform?: PlatformParameter; signal: AbortSignal }, onProgress: (message: ProgressMessage) => void): Promise<void>;
  tag(source: string, target: string): Promise<void>;
  remove(reference: string, options: { force: boolean; noprune: boolean }): Promise<unknown[]>;
  prune(options: { filters: Filters; signal: AbortSignal }): Promise<ImagePruneReport>;
}

export interface ImportRequest {
  source: string;
  body: Readable;
  target: string;
  platform?: string;
  message: string;
  changes: string[];
  signal: AbortSignal;
}

type Verb = 'list' | 'inspect' | 'history' | 'create' | 'load' | 'save' | 'push' | 'tag' | 'remove' | 'prune' | 'search' | 'distribution' | 'auth' | 'registries';

export function imageRoutes(images: ImageBackend): Record<Verb, Handler> {
  return {
    async list(exchange) {
      const { query, version } = exchange;
      const filters = exchange.filters();
      // Before 1.25 the only filter had a parameter of its own.
      if (version < 25 && query.text('filter') !== '') filters['reference'] ??= [query.text('filter')];
      const rows = await images.list({
        all: query.flag('all'),
        filters,
        sharedSize: version >= 42 && query.flag('shared-size'),
        manifests: version >= 47 && query.flag('manifests'),
      });
      exchange.answerJson(200, listBytes(version, rows));
    },
    async inspect(exchange) {
      const { query, version } = exchange;
      const manifests = version >= 48 && query.flag('manifests');
      const platform = version >= 49 ? platformParameter(query.text('platform')) : undefined;
      if (manifests && platform !== undefined) throw new InvalidParameterError('conflicting options: manifests and platform options cannot both be set');
      exchange.answer(200, inspectFor(version, await images.inspect(exchange.param('name'), { manifests, platform, container: version < 45 })));
    },
    async history(exchange) {
      const platform = exchange.version >= 48 ? platformParameter(exchange.query.text('platform')) : undefined;
      exchange.answer(200, await images.history(exchange.param('name'), platform));
    },
    async create(exchange) {
      const { query, signal, version } = exchange;
      // A trailing colon is what `docker pull --all-tags` once sent.
      const image = query.text('fromImage').replace(/:$/, '');
      const platform = version >= 32 && query.text('platform') !== '' ? query.text('platform') : undefined;
      if (image === '') {
        const source = query.text('fromSrc');
        const target = query.text('repo') === '' ? '' : withTag(query.text('repo'), query.text('tag'));
        const request = { source, body: exchange.bodyToStopIn, target, platform, message: query.text('message'), changes: query.all('changes'), signal };
        return progress(exchange, (onProgress) => images.import(request, onProgress));
      }
      if (/^(docker\.io\/library\/|library\/)?scratch(:|@|$)/.test(image)) throw new ForbiddenError("'scratch' is a reserved name");
      const auth = registryAuth(exchange.headers['x-registry-auth']);
      await progress(exchange, (onProgress) => images.pull(withTag(image, query.text('tag')), { auth, platform, allTags: true, signal }, onProgress));
    },
    async load(exchange) {
      const platform = onePlatform(exchange);
      const quiet = exchange.query.flag('quiet', true);
      // What is wrong with an archive is said in the stream from the beginning, as moby does.
      await progress(exchange, (onProgress) => images.load(exchange.bodyToStopIn, { quiet, platform, signal: exchange.signal }, onProgress), { alwaysOk: true });
    },
    async save(exchange) {
      const name = exchange.param('name');
      await exchange.pumpLate('application/x-tar', images.save(name === '' ? exchange.query.all('names') : [name], onePlatform(exchange)));
    },
    async push(exchange) {
      const { query, signal, version } = exchange;
      const platform = version >= 46 ? platformParameter(query.text('platform')) : undefined;
      const auth = registryAuth(exchange.headers['x-registry-auth']);
      await progress(exchange, (onProgress) => images.push(pushed(exchange.param('name'), query.text('tag')), { auth, platform, signal }, onProgress));
    },
    async search(exchange) {
      const { query, signal } = exchange;
      const limit = query.integer('limit') ?? 0;
      if (limit < 0) throw new InvalidParameterError('invalid limit specified');
      const auth = registryAuth(exchange.headers['x-registry-auth']);
      exchange.answer(200, await images.search(query.text('term'), { limit, filters: exchange.filters(), auth, signal }));
    },
    async auth(exchange) {
      const credentials = await exchange.json<RegistryAuth>(credentialsShape);
      exchange.answer(200, await images.login(credentials ?? {}, exchange.signal));
    },
    /** `PUT /slipway/registries`: see `docs/api-extensions.md`. */
    async registries(exchange) {
      const { Insecure, Mirrors } = (await exchange.json<{ Insecure?: string[]; Mirrors?: string[] }>({ fields: { Insecure: { list: 'string' }, Mirrors: { list: 'string' } } })) ?? {};
      images.addRegistries({ insecure: Insecure ?? [], mirrors: Mirrors ?? [] });
      exchange.answerEmpty(204);
    },
    async distribution(exchange) {
      const auth = registryAuth(exchange.headers['x-registry-auth']);
      exchange.answer(200, await images.distribution(exchange.param('name'), { auth, signal: exchange.signal }));
    },
    async tag(exchange) {
      const target = exchange.query.text('repo');
      if (target === '') throw new InvalidParameterError('invalid reference format');
      await images.tag(exchange.param('name'), withTag(target, exchange.query.text('tag')));
      exchange.answerEmpty(201);
    },
    async remove(exchange) {
      if (exchange.param('name').trim() === '') throw new InvalidParameterError('image name cannot be blank');
      const options = { force: exchange.query.flag('force'), noprune: exchange.query.flag('noprune') };
      exchange.answer(200, await images.remove(exchange.param('name'), options));
    },
    async prune(exchange) {
      exchange.answer(200, await images.prune({ filters: exchange.filters(), signal: exchange.signal }));
    },
  };
}

/** What fails before the first line gets a status code, what fails later an error line. */
async function progress(exchange: Exchange, work: (onProgress: (message: ProgressMessage) => void) => Promise<void>, options: { alwaysOk?: boolean } = {}): Promise<void> {
  const stream = exchange.jsonStream();
  try {
    await work((message) => stream.write(message));
  } catch (error) {
    if (!stream.started && options.alwaysOk !== true) throw error;
    stream.error(error);
  }
  stream.end();
}

/** Save and load know one platform until 1.52. */
function onePlatform({ version, query }: Exchange): PlatformParameter | undefined {
  if (version < 48) return undefined;
  const platforms = query.all('platform');
  if (platforms.length > 1) throw new InvalidParameterError('multiple platform parameters are not supported in this API version; use API version 1.52 or later');
  return platformParameter(platforms[0] ?? '');
}

/** The tag of the parameter counts, whatever the name has. */
function pushed(name: string, tag: string): string {
  return tag === '' ? name : `${name.replace(/:[\w.-]+$/, '')}:${tag}`;
}

/** The API gives name and tag apart, and the latter counts; a digest may stand in its place. @throws InvalidParameterError */
export function withTag(name: string, tag: string): string {
  if (tag === '' || name.includes('@')) return name;
  if (tag.includes(':')) return `${name}@${tag}`;
  if (!/^\w[\w.-]{0,127}$/.test(tag)) throw new InvalidParameterError('invalid tag format');
  return pushed(name, tag);
}
