import { textToBytes, TarError } from '../../lib/tar/tar-header.ts';
import type { TarHeader } from '../../lib/tar/tar-header.ts';
import { TarParser } from '../../lib/tar/tar-parser.ts';
import { encodeTarEntry, tarEnd, tarPadding } from '../../lib/tar/tar-writer.ts';
import type { VolumeRecord } from '../volume-record.ts';

/**
 * A backup is a tar, compressed: `.slipway/volume.json` says what it is of, `data/…` are the files, and `.slipway/checksum` at the end
 * holds the SHA-256 of everything before it. Any tar program can read it. Format: `docs/api-extensions.md`.
 */

export const metadataName = '.slipway/volume.json';
export const checksumName = '.slipway/checksum';
/** Folder of the files. */
export const dataFolder = 'data';

export interface BackupMetadata {
  format: 'slipway-volume';
  version: 1;
  name: string;
  /** RFC 3339. */
  created: string;
  backedUp: string;
  driver: 'local';
  labels: Record<string, string>;
  options: Record<string, string>;
}

export function metadataOf(record: VolumeRecord, backedUp: string): BackupMetadata {
  return { format: 'slipway-volume', version: 1, name: record.name, created: record.created, backedUp, driver: 'local', labels: record.labels, options: record.options };
}

export function encodeMetadata(metadata: BackupMetadata): Buffer {
  return entry(metadataName, `${JSON.stringify(metadata, null, 2)}\n`);
}

/** Header, content and the end of the tar: always as long as {@link endLength}. */
export function encodeChecksum(sha256: string): Buffer {
  return Buffer.concat([entry(checksumName, checksumText(sha256)), tarEnd()]);
}

export const endLength = encodeChecksum('0'.repeat(64)).length;

/** What the end of a backup says, or null when it is no such end: the file was cut. */
export function decodeChecksum(end: Buffer): string | null {
  try {
    let text = '';
    for (const event of new TarParser().push(end)) {
      if (event.kind === 'entry' && event.header.name !== checksumName) return null;
      if (event.kind === 'data') text += event.chunk.toString('latin1');
    }
    return /^sha256:([0-9a-f]{64})\n$/.exec(text)?.[1] ?? null;
  } catch (error) {
    if (error instanceof TarError) return null;
    throw error;
  }
}

function checksumText(sha256: string): string {
  return `sha256:${sha256}\n`;
}

function entry(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header: TarHeader = {
    name: textToBytes(name), type: 'file', size: content.length, mode: 0o644, uid: 0, gid: 0, mtime: 0, mtimeNanoseconds: 0, linkName: '', userName: '', groupName: '', deviceMajor: 0, deviceMinor: 0, xattrs: {},
  };
  return Buffer.concat([encodeTarEntry(header), content, tarPadding(content.length)]);
}
