import type { TarHeader } from '../lib/tar/tar-header.ts';
import { plainEntry } from '../lib/tar/tar-header.ts';
import { encodeTarEntry, tarEnd, tarPadding } from '../lib/tar/tar-writer.ts';

/** An entry of an archive for a test: a name, and what differs from a plain empty file (or folder, when it ends with a slash). */
export type FixtureEntry = { name: string; content?: string | Buffer } & Partial<Omit<TarHeader, 'name' | 'size'>>;

export function makeTar(entries: FixtureEntry[]): Buffer {
  const parts = entries.flatMap(({ content, ...fields }) => {
    const bytes = Buffer.from(content ?? '');
    const isDirectory = fields.name.endsWith('/');
    const header: TarHeader = {
      type: isDirectory ? 'directory' : 'file',
      mode: isDirectory ? 0o755 : 0o644,
      ...plainEntry,
      xattrs: {},
      mtime: 1_700_000_000,
      ...fields,
      size: bytes.length,
    };
    return [encodeTarEntry(header), bytes, tarPadding(bytes.length)];
  });
  return Buffer.concat([...parts, tarEnd()]);
}
