import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BodyDecoder, BodyError } from './body-decoder.ts';

/** The body, and whether its end has come. */
function decode(length: number | null, pieces: readonly Buffer[]): { body: Buffer; ended: boolean } {
  const decoder = new BodyDecoder(length);
  const parts = pieces.flatMap((piece) => [...decoder.push(piece)].map((part) => Buffer.from(part)));
  return { body: Buffer.concat(parts), ended: decoder.ended };
}

/** Cut at the given places, each a share of the whole. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const offsets = [0, ...places.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b), bytes.length];
  return offsets.slice(1).map((end, index) => bytes.subarray(offsets[index], end));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const chunk = fc.record({ data: fc.uint8Array({ minLength: 1, maxLength: 300 }), extension: fc.constantFrom('', ';a=b', ' ;x', ';q="\t"'), upper: fc.boolean() });

test('chunks of any size, cut anywhere, give the body', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), fc.array(fc.constantFrom('A: b', 'Digest: x=='), { maxLength: 2 }), fc.constantFrom('', 'GET / HTTP/1.1\r\n'), cuts, (chunks, trailers, rest, places) => {
      const wire = Buffer.concat([
        ...chunks.map(({ data, extension, upper }) => {
          const size = data.length.toString(16);
          return Buffer.concat([Buffer.from(`${upper ? size.toUpperCase() : size}${extension}\r\n`), data, Buffer.from('\r\n')]);
        }),
        Buffer.from(`0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n${rest}`),
      ]);
      expect(decode(null, cut(wire, places))).toEqual({ body: Buffer.concat(chunks.map(({ data }) => data)), ended: true });
    }),
  );
});

test('a body of so many bytes ends there', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(600), cuts, (bytes, length, places) => {
      const wire = Buffer.from(bytes);
      expect(decode(length, cut(wire, places))).toEqual({ body: wire.subarray(0, length), ended: length <= wire.length });
    }),
  );
});

test.each([
  ['no size', 'x\r\n'],
  ['an empty line', '\r\n'],
  ['a negative size', '-1\r\n'],
  ['a prefix', '0x5\r\nhello\r\n'],
  ['a size beyond numbers', 'fffffffffffffff\r\n'],
  ['a line feed alone', '5\nhello\r\n0\r\n\r\n'],
  ['more data than it says', '5\r\nhello!\r\n0\r\n\r\n'],
  ['a line without an end', `5;${'x'.repeat(20_000)}`],
  ['trailers without an end', `0\r\n${`${'a'.repeat(1000)}: b\r\n`.repeat(20)}`],
])('%s is refused', (_what, wire) => {
  expect(() => decode(null, [Buffer.from(wire)])).toThrow(BodyError);
});

test('what is not whole yet has no end', () => {
  for (const wire of ['', '5', '5\r', '5\r\nhel', '5\r\nhello', '5\r\nhello\r\n', '5\r\nhello\r\n0\r\n', '5\r\nhello\r\n0\r\n\r']) expect(decode(null, [Buffer.from(wire)]).ended).toBe(false);
});
