import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TarHeader } from './tar-header.ts';
import { decodeHeader, encodeHeaderBlock, TarError, textToBytes, plainEntry } from './tar-header.ts';
import type { TarEvent } from './tar-parser.ts';
import { TarParser } from './tar-parser.ts';
import { decodePaxRecords, encodePaxRecords } from './tar-pax.ts';
import { encodeTarEntry, tarEnd, tarPadding } from './tar-writer.ts';

export const plainHeader: TarHeader = { ...plainEntry, name: 'a', type: 'file', mode: 0o644 };

/** Any byte but NUL. */
const byteString = (maxLength: number) =>
  fc.uint8Array({ minLength: 1, maxLength, min: 1 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

const headers: fc.Arbitrary<TarHeader> = fc.record({
  name: byteString(600).filter((name) => !name.endsWith('/')),
  type: fc.constantFrom('file', 'hardlink', 'symlink', 'character-device', 'block-device', 'directory', 'fifo'),
  size: fc.constant(0),
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.nat(),
  gid: fc.nat({ max: 2 ** 32 - 1 }),
  mtime: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  mtimeNanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  linkName: fc.oneof(fc.constant(''), byteString(400)),
  userName: byteString(31),
  groupName: byteString(31),
  deviceMajor: fc.constant(0),
  deviceMinor: fc.constant(0),
  xattrs: fc.dictionary(fc.constantFrom('user.a', 'security.capability', 'user.ö'.normalize()).map(textToBytes), byteString(300), { noNullPrototype: true }),
});

function parse(archive: Buffer, chunkSize: number): { header: TarHeader; content: string }[] {
  const parser = new TarParser();
  const entries: { header: TarHeader; content: string }[] = [];
  const take = (event: TarEvent) => {
    if (event.kind === 'entry') entries.push({ header: event.header, content: '' });
    else entries.at(-1)!.content += event.chunk.toString('latin1');
  };
  for (let offset = 0; offset < archive.length; offset += chunkSize) {
    for (const event of parser.push(archive.subarray(offset, offset + chunkSize))) take(event);
  }
  parser.end();
  return entries;
}

test('what is written is read back, in chunks of any size', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(headers, byteString(1500)), { maxLength: 5 }), fc.integer({ min: 1, max: 2000 }), (entries, chunkSize) => {
      const written = entries.map(([header, content]) => ({
        header: { ...header, size: header.type === 'file' ? content.length : 0 },
        content: header.type === 'file' ? content : '',
      }));
      const archive = Buffer.concat([
        ...written.flatMap(({ header, content }) => [encodeTarEntry(header), Buffer.from(content, 'latin1'), tarPadding(header.size)]),
        tarEnd(),
      ]);
      expect(archive.length % 512).toBe(0);
      expect(parse(archive, chunkSize)).toEqual(written);
    }),
  );
});

test('large and negative numbers survive the header block', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeInteger(), fc.nat({ max: 2 ** 32 - 1 }), (size, mtime, uid) => {
      const block = encodeHeaderBlock({ ...plainHeader, flag: '0', size, mtime, uid });
      expect(decodeHeader(block)).toMatchObject({ size, mtime, uid });
    }),
  );
});

test('PAX records of any bytes are read back, with lengths that carry over', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z.]{1,80}$/), byteString(1100)), { maxLength: 6 }), (records) => {
      expect([...decodePaxRecords(encodePaxRecords(records))]).toEqual([...new Map(records)]);
    }),
  );
});

test('any bytes either parse or throw a TarError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 600 }), (bytes, chunkSize) => {
      try {
        parse(Buffer.from(bytes), chunkSize);
      } catch (error) {
        expect(error).toBeInstanceOf(TarError);
      }
    }),
  );
});

test('a changed byte in a header is noticed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 499 }), fc.integer({ min: 1, max: 255 }), (position, flip) => {
      const block = encodeHeaderBlock({ ...plainHeader, name: 'some/name', flag: '0', size: 77 });
      block[position]! ^= flip;
      // Inside the checksum field a flip may leave the number as it was: leading zeros and spaces.
      fc.pre(position < 148 || position >= 156);
      expect(() => decodeHeader(block)).toThrow(TarError);
    }),
  );
});

test.each([
  ['truncated in the content', (archive: Buffer) => archive.subarray(0, 700), /unexpected end/],
  ['truncated in the header', (archive: Buffer) => archive.subarray(0, 100), /unexpected end/],
  ['a sparse entry', () => encodeHeaderBlock({ ...plainHeader, flag: 'S' }), /type "S"/],
  ['PAX sparse', () => Buffer.concat([pax([['GNU.sparse.major', '1']]), encodeTarEntry(plainHeader)]), /sparse/],
  ['a huge extended header', () => encodeHeaderBlock({ ...plainHeader, flag: 'x', size: 2 ** 31 }), /extended header/],
  ['a negative size', () => encodeHeaderBlock({ ...plainHeader, flag: '0', size: -5 }), /negative/],
  ['NUL in a PAX path', () => Buffer.concat([pax([['path', 'a\0b']]), encodeTarEntry(plainHeader)]), /NUL/],
  ['a lone zero block', () => Buffer.concat([Buffer.alloc(512), encodeTarEntry(plainHeader)]), /zeros in the middle/],
])('%s is refused', (_, make, message) => {
  const archive = Buffer.concat([encodeTarEntry({ ...plainHeader, size: 1000 }), Buffer.alloc(1024)]);
  expect(() => parse(make(archive), 64)).toThrow(message);
});

function pax(records: [string, string][]): Buffer {
  const content = encodePaxRecords(records);
  return Buffer.concat([encodeHeaderBlock({ ...plainHeader, flag: 'x', size: content.length }), content, tarPadding(content.length)]);
}

test.each(['gnu', 'pax', 'ustar', 'v7'])('GNU tar lists what was written, and its %s format is read', (format) => {
  const long = `${'d'.repeat(90)}/${'n'.repeat(60)}`;
  const archive = Buffer.concat([
    encodeTarEntry({ ...plainHeader, name: long, size: 5, mtime: 1_700_000_000, mtimeNanoseconds: 123_456_789, mode: 0o4755, uid: 3_000_000 }),
    Buffer.from('hello'),
    tarPadding(5),
    encodeTarEntry({ ...plainHeader, type: 'symlink', name: 'l', linkName: 't'.repeat(150) }),
    tarEnd(),
  ]);
  const listed = execFileSync('tar', ['-tv', '--numeric-owner', '--full-time'], { input: archive, encoding: 'utf8', env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } });
  expect(listed).toContain(`-rwsr-xr-x 3000000/0`);
  expect(listed).toContain(`2023-11-14 22:13:20.123456789 ${long}`);
  expect(listed).toContain(` l -> ${'t'.repeat(150)}`);

  const made = execFileSync('tar', ['-c', `--format=${format}`, '-C', import.meta.dirname, 'tar-header.ts', 'tar.test.ts'], { maxBuffer: 1e8 });
  const entries = parse(made, 1000);
  expect(entries.map(({ header }) => header.name)).toEqual(['tar-header.ts', 'tar.test.ts']);
  expect(entries[1]!.content).toContain('GNU tar lists what was written');
});
