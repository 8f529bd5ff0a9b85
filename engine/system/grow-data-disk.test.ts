import { expect, it } from 'vitest';
import { SyscallError } from '../lib/syscalls/libc.ts';
import { deviceNumbers, growDataDisk } from './grow-data-disk.ts';

const busy = () => Promise.reject(new SyscallError('ioctl', 16));

it('waits until the kernel knows of the larger disk, and while another one grows the file system', async () => {
  let looks = 0;
  const asked: bigint[] = [];
  const size = await growDataDisk(
    {
      diskBytes: () => (looks++ < 2 ? 8192 : 40_961),
      fileSystem: () => ({ bytes: asked.length * 1000, block: 4096 }),
      grow: (blocks) => (asked.push(blocks) < 3 ? busy() : Promise.resolve()),
    },
    40_960,
  );
  expect([size, asked]).toEqual([3000, [10n, 10n, 10n]]);
});

it('says so when the disk does not grow, and passes on what the kernel says', async () => {
  const disk = { diskBytes: () => 8192, fileSystem: () => ({ bytes: 8192, block: 4096 }), grow: () => Promise.reject(new SyscallError('ioctl', 28)) };
  await expect(growDataDisk(disk, 9000, 1)).rejects.toThrow('the data disk has 8192 bytes, and was to have 9000');
  await expect(growDataDisk(disk, 8192)).rejects.toThrow('ENOSPC');
});

it.each([
  [0xfe10, '254:16'],
  [0x10fe34, '254:308'],
])('device %d is %s', (device, numbers) => expect(deviceNumbers(device)).toBe(numbers));
