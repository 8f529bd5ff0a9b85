import type { Readable } from 'node:stream';
import type { ImageInspect, ImageSummary } from '../../../contract/engine-api/image.ts';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { InvalidParameterError, NotImplementedError } from '../../errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Filters } from '../filters.ts';
import type { Handler } from '../router.ts';
import { registryAuth } from '../registry-auth.ts';
import type { RegistryAuth } from '../registry-auth.ts';

export interface ImageBackend {
  list(options: { all: boolean; filters: Filters; sharedSize: boolean }): Promise<ImageSummary[]>;
  inspect(reference: string): Promise<ImageInspect>;
  history(reference: string): Promise<unknown[]>;
  pull(
    reference: string,
    options: { auth?: RegistryAuth; platform?: string; signal: AbortSignal },
    onProgress: (message: ProgressMessage) => void,
  ): Promise<void>;
  load(archive: Readable, options: { quiet: boolean; signal: AbortSignal }, onProgress: (message: ProgressMessage) => void): Promise<void>;
  tag(source: string, target: string): Promise<void>;
  remove(reference: string, options: { force: boolean; noprune: boolean }): Promise<unknown[]>;
}

export function imageRoutes(images: ImageBackend): Record<'list' | 'inspect' | 'history' | 'create' | 'load' | 'tag' | 'remove', Handler> {
  return {
    async list(exchange) {
      const { query } = exchange;
      exchange.answer(200, await images.list({ all: query.flag('all'), filters: exchange.filters(), sharedSize: query.flag('shared-size') }));
    },
    async inspect(exchange) {
      exchange.answer(200, await images.inspect(exchange.param('name')));
    },
    async history(exchange) {
      exchange.answer(200, await images.history(exchange.param('name')));
    },
    async create(exchange) {
      const { query, signal } = exchange;
      if (query.text('fromSrc') !== '') throw new NotImplementedError('docker import is not built yet: load an archive made by docker save instead');
      const image = query.text('fromImage');
      if (image === '') throw new InvalidParameterError('nothing to pull: fromImage is missing');
      const auth = registryAuth(exchange.headers['x-registry-auth']);
      const platform = query.text('platform');
      await progress(exchange, (onProgress) =>
        images.pull(withTag(image, query.text('tag')), { auth, platform: platform === '' ? undefined : platform, signal }, onProgress),
      );
    },
    async load(exchange) {
      await progress(exchange, (onProgress) =>
        images.load(exchange.body, { quiet: exchange.query.flag('quiet'), signal: exchange.signal }, onProgress),
      );
    },
    async tag(exchange) {
      const target = exchange.query.text('repo');
      if (target === '') throw new InvalidParameterError('refusing to create a tag with an empty repository name');
      await images.tag(exchange.param('name'), withTag(target, exchange.query.text('tag')));
      exchange.answerEmpty(201);
    },
    async remove(exchange) {
      const options = { force: exchange.query.flag('force'), noprune: exchange.query.flag('noprune') };
      exchange.answer(200, await images.remove(exchange.param('name'), options));
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
