import type { Readable } from 'node:stream';
import type { ImageInspect, ImagePruneReport, ImageSummary } from '../../../contract/engine-api/image.ts';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { ForbiddenError, InvalidParameterError } from '../../errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Filters } from '../filters.ts';
import { inspectFor, summaryFor } from '../image-versions.ts';
import type { PlatformParameter } from '../platform-parameter.ts';
import { platformParameter } from '../platform-parameter.ts';
import type { Handler } from '../router.ts';
import { registryAuth } from '../registry-auth.ts';
import type { RegistryAuth } from '../registry-auth.ts';

export interface ImageBackend {
  list(options: { all: boolean; filters: Filters; sharedSize: boolean; manifests: boolean }): Promise<ImageSummary[]>;
  inspect(reference: string, options: { manifests: boolean; platform?: PlatformParameter; container: boolean }): Promise<ImageInspect>;
  history(reference: string, platform?: PlatformParameter): Promise<unknown[]>;
  pull(
    reference: string,
    options: { auth?: RegistryAuth; platform?: string; signal: AbortSignal },
    onProgress: (message: ProgressMessage) => void,
  ): Promise<void>;
  import(options: ImportRequest, onProgress: (message: ProgressMessage) => void): Promise<void>;
  load(archive: Readable, options: { quiet: boolean; signal: AbortSignal }, onProgress: (message: ProgressMessage) => void): Promise<void>;
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

type Verb = 'list' | 'inspect' | 'history' | 'create' | 'load' | 'tag' | 'remove' | 'prune';

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
      exchange.answer(200, version >= 51 ? rows : rows.map((row) => summaryFor(version, row)));
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
        const request = { source, body: exchange.body, target, platform, message: query.text('message'), changes: query.all('changes'), signal };
        return progress(exchange, (onProgress) => images.import(request, onProgress));
      }
      if (/^(docker\.io\/library\/|library\/)?scratch(:|@|$)/.test(image)) throw new ForbiddenError("'scratch' is a reserved name");
      const auth = registryAuth(exchange.headers['x-registry-auth']);
      await progress(exchange, (onProgress) => images.pull(withTag(image, query.text('tag')), { auth, platform, signal }, onProgress));
    },
    async load(exchange) {
      await progress(exchange, (onProgress) =>
        images.load(exchange.body, { quiet: exchange.query.flag('quiet'), signal: exchange.signal }, onProgress),
      );
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
async function progress(exchange: Exchange, work: (onProgress: (message: ProgressMessage) => void) => Promise<void>): Promise<void> {
  const stream = exchange.jsonStream();
  try {
    await work((message) => stream.write(message));
  } catch (error) {
    if (!stream.started) throw error;
    stream.error(error);
  }
  stream.end();
}

/** The API gives name and tag apart; a digest stands in the tag's place. */
function withTag(name: string, tag: string): string {
  if (tag === '') return name;
  return tag.includes(':') ? `${name}@${tag}` : `${name}:${tag}`;
}
