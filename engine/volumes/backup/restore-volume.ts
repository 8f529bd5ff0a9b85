import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ConflictError, EngineError, InvalidParameterError, messageOf } from '../../errors.ts';
import { ConfinedError, writeInView } from '../../lib/confined/confined-threads.ts';
import { decompress } from '../../lib/compression/decompress.ts';
import { fileError } from '../../lib/files/file-access.ts';
import type { VolumeRecord } from '../volume-record.ts';
import { checkName } from '../volume-store.ts';
import type { VolumeStore } from '../volume-store.ts';
import type { BackupMetadata } from './backup-form.ts';
import { dataFolder, decodeChecksum, endLength } from './backup-form.ts';
import { readMetadata } from './read-metadata.ts';

export interface RestoreRequest {
  /** Empty for the name that the volume had. */
  name: string;
  backup: Readable;
  signal: AbortSignal;
}

/**
 * Makes a volume of a backup: whole and checked, or not at all. Its labels come back; its driver options do not, because the files
 * are here now and not where those options led.
 * @throws ConflictError for a name that is taken; InvalidParameterError for what is no backup, damaged or cut
 */
export async function restoreVolume(store: VolumeStore, { name, backup, signal }: RestoreRequest): Promise<{ record: VolumeRecord; metadata: BackupMetadata }> {
  let tar: Readable;
  try {
    tar = (await decompress(backup)).stream;
  } catch (error) {
    throw new InvalidParameterError(`this is no backup of a volume: ${messageOf(error)}`, { cause: error });
  }
  const stop = () => tar.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const source = (tar as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const { metadata, taken } = await readMetadata(source);
    const finalName = checkName(name === '' ? metadata.name : name);
    if (store.find(finalName) !== undefined) throw new ConflictError(`restore ${finalName}: there is a volume of that name: choose another name, or remove it first`);
    const staged = await store.stage();
    try {
      const feed = await writeInView({ root: staged.path, mounts: [], readOnly: false }, { kind: 'extract', path: '/', keepKinds: false, owner: null, access: [], strip: dataFolder });
      const check = new ChecksumReader();
      await feed(() => Promise.resolve(Readable.from(check.passing(taken, source), { objectMode: false })));
      check.expectRight();
      const record = await staged.commit(finalName, metadata);
      return { record, metadata };
    } catch (error) {
      await staged.discard();
      throw error;
    }
  } catch (error) {
    if (error instanceof ConfinedError) throw fileError(error, '/', 'the backup');
    if (error instanceof EngineError) throw error;
    throw new InvalidParameterError(`the backup cannot be read to its end: ${messageOf(error)}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
    tar.destroy();
  }
}

/** Hashes all but the end of what passes, and keeps the end. */
class ChecksumReader {
  readonly #hash = createHash('sha256');
  #end = Buffer.alloc(0);

  async *passing(first: readonly Buffer[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
    for (const chunk of first) yield this.#keep(chunk);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield this.#keep(next.value);
  }

  #keep(chunk: Uint8Array): Uint8Array {
    const seen = Buffer.concat([this.#end, chunk]);
    const settled = Math.max(0, seen.length - endLength);
    this.#hash.update(seen.subarray(0, settled));
    this.#end = seen.subarray(settled);
    return chunk;
  }

  expectRight(): void {
    const said = decodeChecksum(this.#end);
    if (said === null) throw new InvalidParameterError('the backup was cut: its checksum, which stands at the end, is missing');
    if (said !== this.#hash.digest('hex')) throw new InvalidParameterError('the backup is damaged: its checksum does not fit its content');
  }
}
