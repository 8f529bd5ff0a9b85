import { InvalidParameterError } from '../../errors.ts';
import { TarError } from '../../lib/tar/tar-header.ts';
import { TarParser } from '../../lib/tar/tar-parser.ts';
import type { BackupMetadata } from './backup-form.ts';
import { metadataName } from './backup-form.ts';

/** Labels of a volume are short; nobody needs more. */
const limit = 1024 * 1024;

/**
 * Reads the first entry of a backup and gives back what it took from the stream for it.
 * @throws InvalidParameterError for what is no backup of a volume
 */
export async function readMetadata(tar: AsyncIterator<Uint8Array>): Promise<{ metadata: BackupMetadata; taken: Buffer[] }> {
  const parser = new TarParser();
  const taken: Buffer[] = [];
  const pieces: Buffer[] = [];
  let size = -1;
  for (let read = 0, had = 0; ; ) {
    const next = await tar.next();
    if (next.done === true) throw notABackup('it ends before it has said what it is');
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    taken.push(chunk);
    read += chunk.length;
    try {
      for (const event of parser.push(chunk)) {
        if (event.kind === 'entry') {
          if (size >= 0) break;
          if (event.header.name !== metadataName || event.header.size > limit) throw notABackup(`it does not begin with ${metadataName}`);
          size = event.header.size;
        } else if (had < size) {
          pieces.push(event.chunk);
          had += event.chunk.length;
        }
        if (size >= 0 && had >= size) return { metadata: parseMetadata(Buffer.concat(pieces).toString('utf8')), taken };
      }
    } catch (error) {
      if (error instanceof TarError) throw notABackup(error.message);
      throw error;
    }
    if (read > 2 * limit) throw notABackup(`it does not begin with ${metadataName}`);
  }
}

function parseMetadata(text: string): BackupMetadata {
  let value: Partial<Record<keyof BackupMetadata, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    throw notABackup(`${metadataName} is no JSON`);
  }
  if (value?.format !== 'slipway-volume' || typeof value.name !== 'string') throw notABackup(`${metadataName} does not say that it is one`);
  if (value.version !== 1) throw new InvalidParameterError(`this backup is of version ${String(value.version)}, which this engine does not know: restore it with a newer one`);
  return { ...(value as BackupMetadata), labels: textsOf(value.labels), options: textsOf(value.options) };
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function notABackup(reason: string): InvalidParameterError {
  return new InvalidParameterError(`this is no backup of a volume: ${reason}`);
}
