import type { Readable } from 'node:stream';
import { InvalidParameterError, messageOf } from '../errors.ts';
import { askInView, ConfinedError, readInView, writeInView } from '../lib/confined/confined-threads.ts';
import type { FolderMeasure, PathStat } from '../lib/confined/protocol.ts';
import { decompress } from '../lib/compression/decompress.ts';
import { fileAccess, fileError } from '../lib/files/file-access.ts';
import type { FileAccess } from '../lib/files/file-access.ts';
import { expectNoWork, holdVolume } from './volume-view.ts';
import type { VolumeParts } from './volume-view.ts';

/** @throws NotFoundError `get nope: no such volume` */
export function volumeFiles(parts: VolumeParts, name: string): FileAccess {
  parts.store.get(name);
  return fileAccess(async (enter) => {
    const { view, release } = await holdVolume(parts, name, { work: null, readOnly: false });
    try {
      return { value: await enter(view, []), release };
    } catch (error) {
      await release();
      throw error;
    }
  }, `volume ${name}`);
}

/** A tar as `docker cp` has it of a container: names begin with the last part of `path`. The caller destroys the stream. */
export async function archiveVolumePath(parts: VolumeParts, name: string, path: string): Promise<{ stat: PathStat; stream: Readable }> {
  const { view, release } = await holdVolume(parts, name, { work: 'files are being copied from it', readOnly: true });
  try {
    const { head, stream } = await readInView<PathStat>(view, { kind: 'archive', path });
    stream.once('close', () => void release());
    return { stat: head, stream };
  } catch (error) {
    await release();
    throw fileError(error, path, `volume ${name}`);
  }
}

/** Extracts a tar, plain or compressed, into a folder of a volume. What was extracted before an error stays. */
export async function extractIntoVolume(parts: VolumeParts, name: string, request: { path: string; noOverwriteDirNonDir: boolean; archive: Readable; signal: AbortSignal }): Promise<void> {
  const { path, archive, signal } = request;
  const { view, release } = await holdVolume(parts, name, { work: 'files are being copied into it', readOnly: false });
  try {
    const feed = await writeInView(view, { kind: 'extract', path, keepKinds: request.noOverwriteDirNonDir, owner: null, access: [] });
    await feed(async () => {
      const { stream } = await decompress(archive);
      signal.addEventListener('abort', () => stream.destroy(signal.reason as Error), { once: true });
      return stream;
    });
  } catch (error) {
    if (error instanceof ConfinedError) throw fileError(error, path, `volume ${name}`);
    throw new InvalidParameterError(`Error processing tar file: ${messageOf(error)}`, { cause: error });
  } finally {
    await release();
  }
}

/** Bytes and numbers of what a volume holds, nothing mounted below it counted. */
export async function measureVolume(parts: VolumeParts, name: string): Promise<FolderMeasure> {
  const { view, release } = await holdVolume(parts, name, { work: null, readOnly: true });
  try {
    return await askInView<FolderMeasure>(view, { kind: 'measure' });
  } catch (error) {
    throw fileError(error, '/', `volume ${name}`);
  } finally {
    await release();
  }
}

/**
 * Removes all files of a volume, and answers what they took. The caller sees to it that no container runs with it. A kill in between
 * leaves some.
 */
export async function emptyVolume(parts: VolumeParts, name: string): Promise<FolderMeasure> {
  parts.store.get(name);
  expectNoWork(parts, name, 'empty');
  const { view, release } = await holdVolume(parts, name, { work: 'it is being emptied', readOnly: false });
  try {
    const measure = await askInView<FolderMeasure>(view, { kind: 'measure' });
    await askInView(view, { kind: 'empty' });
    return measure;
  } catch (error) {
    throw fileError(error, '/', `volume ${name}`);
  } finally {
    await release();
  }
}
