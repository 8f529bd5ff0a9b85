import type { TarHeader } from './tar-header.ts';
import { BLOCK_SIZE, encodeHeaderBlock, flagOf } from './tar-header.ts';
import { encodePaxRecords, paxRecordsOf } from './tar-pax.ts';

/**
 * Everything that stands before an entry's content: a PAX header for xattrs and sub-second times, GNU long-name entries,
 * the header block. Long names are GNU's rather than PAX's because those are plain bytes: GNU tar converts PAX paths from
 * UTF-8 to its locale, and a name need not be UTF-8.
 */
export function encodeTarEntry(header: TarHeader): Buffer {
  const parts: Buffer[] = [];
  const records = paxRecordsOf(header);
  if (records.length > 0) parts.push(...extension('x', encodePaxRecords(records)));
  if (header.linkName.length > 100) parts.push(...extension('K', Buffer.from(`${header.linkName}\0`, 'latin1')));
  if (header.name.length > 100) parts.push(...extension('L', Buffer.from(`${header.name}\0`, 'latin1')));
  const block = encodeHeaderBlock({ ...header, flag: flagOf(header.type) });
  if (parts.length === 0) return block;
  parts.push(block);
  return Buffer.concat(parts);
}

/** What follows a file's content up to the next block. */
export function tarPadding(size: number): Buffer {
  return ZEROS.subarray(0, (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE);
}

/** Two blocks of zeros end an archive. */
export function tarEnd(): Buffer {
  return ZEROS;
}

const ZEROS = Buffer.alloc(2 * BLOCK_SIZE);

function extension(flag: 'x' | 'L' | 'K', content: Buffer): Buffer[] {
  const name = flag === 'x' ? 'PaxHeaders/entry' : '././@LongLink';
  const block = encodeHeaderBlock({
    name,
    flag,
    size: content.length,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    linkName: '',
    userName: '',
    groupName: '',
    deviceMajor: 0,
    deviceMinor: 0,
  });
  return [block, content, tarPadding(content.length)];
}
