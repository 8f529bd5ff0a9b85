import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, expect, it, test } from 'vitest';
import { BlobChunks } from './blob-chunks.ts';

const directory = mkdtempSync(join(tmpdir(), 'blob-chunks-'));
afterAll(() => rmSync(directory, { recursive: true }));

function read(bytes: Buffer): { content: Buffer; compression: string; bytesRead: number } {
  const path = join(directory, 'blob');
  writeFileSync(path, bytes);
  using chunks = BlobChunks.open(path)!;
  const pieces: Buffer[] = [];
  // Copied, since the next piece takes the place of the one before.
  for (const chunk of chunks) pieces.push(Buffer.from(chunk));
  return { content: Buffer.concat(pieces), compression: chunks.compression, bytesRead: chunks.bytesRead };
}

/** Not compressible as a whole, and larger than all buffers. */
const large = Buffer.alloc(3_000_000, Buffer.from(Array.from({ length: 99_991 }, (_, index) => (index * index * 31 + (index >> 3)) & 0xff)));

test.each([
  ['none', (bytes: Buffer) => bytes],
  ['gzip', (bytes: Buffer) => gzipSync(bytes)],
  ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
])('%s', (compression, pack) => {
  for (const content of [Buffer.alloc(0), Buffer.from('x'), large, Buffer.alloc(512 * 1024, 'ab'), Buffer.alloc(8_000_000)]) {
    const packed = pack(content);
    const found = read(packed);
    expect(found.content.equals(content)).toBe(true);
    expect(found).toMatchObject({ compression, bytesRead: packed.length });
  }
});

it('takes members one after the other, and leaves what follows the last', () => {
  const members = Buffer.concat([gzipSync(large), gzipSync(Buffer.from('second'))]);
  const expected = Buffer.concat([large, Buffer.from('second')]);
  expect(read(members).content.equals(expected)).toBe(true);
  expect(read(Buffer.concat([members, Buffer.alloc(1000)])).content.equals(expected)).toBe(true);
});

test.each([
  ['a cut gzip', () => gzipSync(large).subarray(0, -20), /unexpected end of file/],
  ['a gzip cut in its trailer', () => gzipSync(large).subarray(0, -4), /unexpected end of file/],
  ['a damaged gzip', () => Buffer.concat([gzipSync(large).subarray(0, 1000), Buffer.alloc(5000, 7)]), /invalid|incorrect|unexpected/],
  ['a wrong checksum', () => gzipSync(large).fill(0, gzipSync(large).length - 8), /incorrect data check/],
  ['a cut zstd', () => zstdCompressSync(large).subarray(0, -20), /./],
  ['a damaged zstd', () => Buffer.concat([zstdCompressSync(large).subarray(0, 1000), Buffer.alloc(5000, 7)]), /./],
])('%s is refused', (_, make, message) => {
  expect(() => read(make())).toThrow(message);
});

it('leaves what takes a program', () => {
  const path = join(directory, 'xz');
  writeFileSync(path, Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]));
  expect(BlobChunks.open(path)).toBe(null);
});
