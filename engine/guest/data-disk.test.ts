import { describe, expect, it } from 'vitest';
import { isCleanExt4, mountCleanDisk } from './data-disk.ts';

function superblock(change: (block: Buffer) => void = () => undefined): Buffer {
  const block = Buffer.alloc(1024);
  block.writeUInt16LE(0xef53, 0x38);
  block.writeUInt16LE(1, 0x3a);
  block.writeInt16LE(-1, 0x36);
  block.writeUInt32LE(0x2c2, 0x60);
  change(block);
  return block;
}

describe('a data disk that is mounted without a check', () => {
  it('was left in order', () => expect(isCleanExt4(superblock())).toBe(true));
  it.each<[why: string, change: (block: Buffer) => void]>([
    ['is no ext4', (block) => block.writeUInt16LE(0, 0x38)],
    ['was not unmounted', (block) => block.writeUInt16LE(0, 0x3a)],
    ['had errors', (block) => block.writeUInt16LE(3, 0x3a)],
    ['has a journal to replay', (block) => block.writeUInt32LE(0x2c2 | 0x4, 0x60)],
    ['was mounted often enough to be checked', (block) => (block.writeInt16LE(20, 0x36), block.writeUInt16LE(20, 0x34))],
    ['is to be checked in intervals', (block) => block.writeUInt32LE(86400, 0x44)],
  ])('is not one that %s', (_why, change) => expect(isCleanExt4(superblock(change))).toBe(false));
  it('is not one that is not there', async () => expect(await mountCleanDisk('/dev/no-such-disk', '/nowhere')).toBe(false));
});
