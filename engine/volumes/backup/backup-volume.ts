import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGzip, createZstdCompress } from 'node:zlib';
import { readInView } from '../../lib/confined/confined-threads.ts';
import { fileError } from '../../lib/files/file-access.ts';
import { nowTimestamp } from '../../lib/time/timestamp.ts';
import { holdVolume } from '../volume-view.ts';
import type { VolumeParts } from '../volume-view.ts';
import { encodeChecksum, encodeMetadata, metadataOf } from './backup-form.ts';

export type BackupCompression = 'zstd' | 'gzip' | 'none';

export interface VolumeBackup {
  /** Ends early when it is destroyed; the volume is held until it is closed. */
  stream: Readable;
  fileName: string;
}

const extensions: Record<BackupCompression, string> = { zstd: '.tar.zst', gzip: '.tar.gz', none: '.tar' };
const chunkSize = 512 * 1024;

/** One file of everything in a volume; see `backup-form.ts`. What containers write meanwhile may be in it or not. @throws NotFoundError */
export async function backUpVolume(parts: VolumeParts, name: string, compression: BackupCompression): Promise<VolumeBackup> {
  const { record, view, release } = await holdVolume(parts, name, { work: 'it is being backed up', readOnly: true });
  const backedUp = nowTimestamp();
  try {
    const { stream: tree } = await readInView(view, { kind: 'tree', form: 'backup' });
    const tar = Readable.from(backupTar(encodeMetadata(metadataOf(record, backedUp)), tree), { objectMode: false, highWaterMark: chunkSize });
    tar.once('close', () => {
      tree.destroy();
      void release();
    });
    const fileName = `${name}-${backedUp.slice(0, 19).replaceAll(':', '')}${extensions[compression]}`;
    if (compression === 'none') return { stream: tar, fileName };
    const compressor = compression === 'gzip' ? createGzip({ chunkSize, level: 6 }) : createZstdCompress({ chunkSize });
    // Whoever reads the compressed stream gets the errors.
    pipeline(tar, compressor, () => undefined);
    return { stream: compressor, fileName };
  } catch (error) {
    await release();
    throw fileError(error, '/', `volume ${name}`);
  }
}

async function* backupTar(metadata: Buffer, tree: Readable): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  hash.update(metadata);
  yield metadata;
  for await (const chunk of tree as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  yield encodeChecksum(hash.digest('hex'));
}
