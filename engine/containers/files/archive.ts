import { Readable } from 'node:stream';
import { messageOf, EngineError, InternalError } from '../../errors.ts';
import { decompress } from '../../lib/compression/decompress.ts';
import { askInView, ConfinedError, openReading, writeBodyInView, writeInView } from '../../lib/confined/confined-threads.ts';
import type { OpenedReading, UnreadBody } from '../../lib/confined/confined-threads.ts';
import type { Job, PathStat, RootView } from '../../lib/confined/protocol.ts';
import { readAccountFiles, resolveUser } from '../../runtime/oci/user.ts';
import type { Container } from '../container.ts';
import { announce } from '../container-events.ts';
import { accessRules, openView, translated } from './container-view.ts';
import type { ViewNeeds } from './container-view.ts';

type ExtractJob = Extract<Job, { kind: 'extract' }>;

/**
 * `docker cp`, in a thread that sees nothing but the container's files: see `lib/confined/`. What is missing is a
 * NotFoundError `Could not find the file …`.
 */

export async function statPath(needs: ViewNeeds, reference: string, path: string): Promise<PathStat> {
  const container = needs.store.resolve(reference);
  try {
    const { value, release } = await openView(needs, container, (view) => askInView<PathStat>(view, { kind: 'stat', path }));
    void release();
    return value;
  } catch (error) {
    throw translated(error, reference, path);
  }
}

/** A tar whose names begin with the last part of `path`. */
export async function archivePath(needs: ViewNeeds, reference: string, path: string): Promise<{ stat: PathStat; archive: OpenedReading<PathStat> }> {
  const container = needs.store.resolve(reference);
  try {
    const { value, release } = await openView(needs, container, (view) => openReading<PathStat>(view, { kind: 'archive', path }));
    void value.over.then(release);
    announce(needs.events, container, 'archive-path');
    return { stat: value.head, archive: value };
  } catch (error) {
    throw translated(error, reference, path);
  }
}

/** An archive that is still in the client's connection. */
export interface UnreadArchive extends UnreadBody {
  /** @param raw what was read of the connection already */
  stream(raw: Uint8Array): Readable;
}

export interface ExtractRequest {
  path: string;
  /** A folder and anything else do not take each other's place. */
  noOverwriteDirNonDir: boolean;
  /** Everything belongs to the container's user. */
  copyUidGid: boolean;
  /** tar, plain or compressed. */
  archive: Readable | UnreadArchive;
  signal: AbortSignal;
}

/**
 * Extracts an archive into a folder. It is decompressed outside, by the engine's own code; a plain one the thread reads by itself where
 * it can.
 * @throws InvalidParameterError in moby's words for what is no folder, is read-only or must not be replaced; what was
 * extracted before stays
 */
export async function extractArchive(needs: ViewNeeds, reference: string, request: ExtractRequest): Promise<void> {
  const { path, archive, signal } = request;
  const container = needs.store.resolve(reference);
  try {
    if (archive instanceof Readable) await extractStream(needs, container, request, archive);
    else {
      const compressed = await extractInto(needs, container, request, (view, job) => writeBodyInView(view, job, archive, signal));
      if (compressed !== null) await extractStream(needs, container, request, archive.stream(compressed));
    }
    announce(needs.events, container, 'extract-to-dir');
  } catch (error) {
    if (error instanceof ConfinedError || error instanceof EngineError) throw translated(error, reference, path);
    throw new InternalError(`Error processing tar file: ${messageOf(error)}`, { cause: error });
  }
}

function extractStream(needs: ViewNeeds, container: Container, request: ExtractRequest, archive: Readable): Promise<void> {
  return extractInto(needs, container, request, async (view, job) => {
    const feed = await writeInView(view, job);
    return () =>
      feed(async () => {
        const { stream } = await decompress(archive);
        request.signal.addEventListener('abort', () => stream.destroy(request.signal.reason as Error), { once: true });
        return stream;
      });
  });
}

/** @param enter resolves once the thread is in its view, with what waits for the end */
async function extractInto<T>(needs: ViewNeeds, container: Container, request: ExtractRequest, enter: (view: RootView, job: ExtractJob) => Promise<() => Promise<T>>): Promise<T> {
  const { path, noOverwriteDirNonDir: keepKinds, copyUidGid } = request;
  const { value: finish, release } = await openView(needs, container, (view) => {
    const { User: user = '' } = container.record.config;
    const { uid, gid } = copyUidGid && user !== '' ? resolveUser(user, [], readAccountFiles(view.root)) : { uid: undefined, gid: undefined };
    const owner = uid === undefined || gid === undefined ? null : { uid, gid };
    return enter(view, { kind: 'extract', path, keepKinds, owner, access: accessRules(container) });
  });
  try {
    return await finish();
  } finally {
    void release();
  }
}
