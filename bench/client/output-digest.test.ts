import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { digestOfOutput } from './output-digest.ts';

function frame(text: string): Buffer {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

it('takes frames apart wherever the stream is cut', async () => {
  const said = ['one\n', '', 'two\n', 'a longer line than the others\n'];
  const bytes = Buffer.concat(said.map(frame));
  const sha256 = createHash('sha256').update(said.join('')).digest('hex');
  for (const size of [1, 3, 7, 8, 9, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
    expect(await digestOfOutput(Readable.from(chunks))).toEqual({ bytes: said.join('').length, sha256 });
  }
});
