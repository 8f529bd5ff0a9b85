import { pipeline, Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { EventSink } from '../../containers/collaborators.ts';
import { EngineError, InternalError, InvalidParameterError, messageOf } from '../../errors.ts';
import { decompress } from '../../lib/compression/decompress.ts';
import { HttpAgents, httpGet } from '../../registry/http-get.ts';
import { toRegistryError } from '../../registry/registry-error.ts';
import { applyChanges } from '../changes/apply-changes.ts';
import type { CreateCollaborators } from '../create-image.ts';
import { createImage } from '../create-image.ts';
import type { ProgressListener } from '../image-service.ts';
import { progressMessage, throttled } from '../layers/progress.ts';
import { machinePlatform, parsePlatform } from '../model/platform.ts';
import { familiarString } from '../reference/reference.ts';
import { imageEvent } from '../store/image-event.ts';
import { parseTarget } from '../tag.ts';

export interface ImportOptions {
  /** `-` for the request's body, or an address; http:// where it has no scheme. */
  source: string;
  body: Readable;
  /** `repo` or `repo:tag`; the image stays without a name when it is empty. */
  target: string;
  platform?: string;
  /** Empty: `Imported from …`. */
  message: string;
  /** Dockerfile instructions for the config: `CMD ["sh"]`. */
  changes: readonly string[];
  signal?: AbortSignal;
}

/**
 * Makes an image of one layer out of a tar, compressed or not; see `ImageService.import`. Source: moby
 * `daemon/images/image_import.go`.
 */
export async function importImage(to: CreateCollaborators & { events: EventSink }, options: ImportOptions, onProgress: ProgressListener): Promise<void> {
  const { source, signal } = options;
  const references = options.target === '' ? [] : [parseTarget(options.target)];
  const platform = options.platform === undefined ? machinePlatform() : parsePlatform(options.platform);
  if (platform.os !== 'linux') throw new InvalidParameterError(`operating system "${platform.os}" is not supported`);
  const config = applyChanges({}, options.changes);
  using opened = source === '-' ? ofBody(options.body) : await download(source, onProgress, signal);
  const image = await createImage(to, {
    parent: null,
    layer: await inflated(opened.stream),
    config,
    platform,
    comment: options.message || `Imported from ${source}`,
    references,
    signal,
  });
  for (const reference of references) imageEvent(to.events, 'tag', image, { name: familiarString(reference) });
  imageEvent(to.events, 'import', image);
  onProgress({ status: image.id });
}


async function inflated(stream: Readable): Promise<Readable> {
  try {
    return (await decompress(stream)).stream;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new InvalidParameterError(`the archive cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

interface Source extends Disposable {
  stream: Readable;
}

/** The connection is the caller's, and still has to carry the answer. */
function ofBody(body: Readable): Source {
  return { stream: body, [Symbol.dispose]: () => undefined };
}

async function download(source: string, onProgress: ProgressListener, signal?: AbortSignal): Promise<Source> {
  const url = URL.parse(source.includes('://') ? source : `http://${source}`);
  if (source === '') throw new InvalidParameterError('nothing to make an image of: give fromImage to pull one, or fromSrc to import one');
  if (url === null || !/^https?:$/.test(url.protocol)) throw new InvalidParameterError(`cannot import from ${source}: give an http or https address, or - for the request's body`);
  const agents = new HttpAgents({ verifyCertificates: true });
  try {
    const response = await httpGet(url, { signal, agents });
    if (response.statusCode !== 200) {
      const error = await toRegistryError(response, url);
      throw new InternalError(error.message, { cause: error });
    }
    onProgress({ status: `Downloading from ${url.href}` });
    const total = Number(response.headers['content-length'] ?? 0);
    let current = 0;
    const report = throttled((at) => onProgress({ ...progressMessage('Importing', '', { current: at, total }), id: undefined }));
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        report((current += chunk.length), total);
        done(null, chunk);
      },
    });
    // Errors reach whoever reads the counted stream.
    pipeline(response, counted, () => undefined);
    return {
      stream: counted,
      [Symbol.dispose]() {
        response.destroy();
        agents.destroy();
      },
    };
  } catch (error) {
    agents.destroy();
    throw error;
  }
}
