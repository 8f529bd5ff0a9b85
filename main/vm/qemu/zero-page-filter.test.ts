import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ZeroPageFilter } from './zero-page-filter.ts';

const be64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
const name = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const footer = Buffer.from([0x7e, 0, 0, 0, 2]);
const page = (address: number, fill: number, block?: string) => Buffer.concat([be64(address | 0x08 | (block === undefined ? 0x20 : 0)), ...(block === undefined ? [] : [name(block)]), Buffer.alloc(4096, fill)]);
const zero = (address: number, block?: string, fill = 0) => Buffer.concat([be64(address | 0x02 | (block === undefined ? 0x20 : 0)), ...(block === undefined ? [] : [name(block)]), Buffer.from([fill])]);
const section = (type: number, ...records: Buffer[]) => Buffer.concat([Buffer.from([type, 0, 0, 0, 2]), ...records, be64(0x10), footer]);

const head = Buffer.concat([Buffer.from('QEVM\0\0\0\x03\x07'), Buffer.alloc(70, 'c')]);
const blocks = Buffer.concat([Buffer.from([1, 0, 0, 0, 2]), Buffer.from('\x03ram\0\0\0\0\0\0\0\x04', 'latin1'), be64((64 * 4096) | 0x04), name('ram'), be64(60 * 4096), be64(0), name('pc.bios'), be64(4 * 4096), be64(0xfff0000), be64(0x10), footer]);
const devices = Buffer.concat([Buffer.from([4]), Buffer.alloc(3000, '\x03ram')]);

async function filtered(input: Buffer, pieceSize: number): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(input.length / pieceSize) }, (_, index) => input.subarray(index * pieceSize, (index + 1) * pieceSize));
  return buffer(Readable.from(pieces).pipe(new ZeroPageFilter()));
}

describe.each([13, 4097, 65_536])('a state in pieces of %s bytes', (pieceSize) => {
  it('loses the pages that hold nothing, and no other byte', async () => {
    const input = Buffer.concat([
      ...[head, blocks],
      // The block's name goes with a page that is left out, and with one whose block was the one before.
      section(2, zero(0, 'ram'), zero(4096), page(8192, 1), page(12_288, 2), zero(16_384), page(20_480, 3), zero(0, 'pc.bios'), page(4096, 4)),
      section(2, zero(24_576, 'ram')),
      section(3, page(28_672, 5), zero(32_768, undefined, 7), zero(36_864)),
      devices,
    ]);
    const wanted = Buffer.concat([
      ...[head, blocks],
      section(2, page(8192, 1, 'ram'), page(12_288, 2), page(20_480, 3), page(4096, 4, 'pc.bios')),
      section(2),
      section(3, page(28_672, 5, 'ram'), zero(32_768, undefined, 7)),
      devices,
    ]);
    const found = await filtered(input, pieceSize);
    expect(found.length).toBe(wanted.length);
    expect(found.equals(wanted)).toBe(true);
  });

  it('passes what is no such state as it is', async () => {
    const input = Buffer.alloc(70_000, 'another format ');
    expect((await filtered(input, pieceSize)).equals(input)).toBe(true);
  });
});

it('refuses pages that it does not know, and a state that is cut off', async () => {
  await expect(filtered(Buffer.concat([head, blocks, section(2, be64(0x100 | 0x20))]), 4096)).rejects.toThrow('unknown kind (flags 288)');
  await expect(filtered(Buffer.concat([head, blocks, section(2, page(0, 1, 'ram')).subarray(0, 3000)]), 4096)).rejects.toThrow('ends in the middle');
});
