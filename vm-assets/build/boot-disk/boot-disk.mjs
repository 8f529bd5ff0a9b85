import { statSync } from 'node:fs';
import { fat32 } from './fat32.mjs';
import { partitionTable, partitionTypes, sector } from './gpt.mjs';
import { unifiedKernel } from './unified-kernel.mjs';
import { writeVhdx } from './vhdx.mjs';

export const bootDiskName = 'boot.vhdx';
/** The initrd looks for the root file system under this name (initrd/init). */
const rootName = 'slipway-root';
const mib = 1024 * 1024;
const ids = { disk: '5119A7A0-0000-4000-8000-000000000002', efiSystem: '5119A7A0-0000-4000-8000-000000000003', root: '5119A7A0-0000-4000-8000-000000000004' };

/**
 * A disk that UEFI firmware boots: one program of stub, kernel, initrd and command line in an EFI system partition, and the root file system as another partition.
 * For hypervisors that load no kernel by themselves (ADR 0019). The same parts give the same bytes.
 * @param {{path: string, root: string, stub: Buffer, kernel: Buffer, initrd: Buffer, commandLine: string, osRelease: Buffer}} parts `kernel` is the bzImage; `root` a file
 */
export function makeBootDisk({ path, root, stub, kernel, initrd, commandLine, osRelease }) {
  const program = unifiedKernel(stub, [
    { name: '.osrel', bytes: osRelease },
    { name: '.cmdline', bytes: Buffer.from(commandLine) },
    { name: '.linux', bytes: kernel },
    { name: '.initrd', bytes: initrd },
  ]);
  const efiAt = mib;
  // The path that firmware takes when nobody told it another one.
  const efi = fat32({ path: ['EFI', 'BOOT', 'BOOTX64.EFI'], body: program, startsAtSector: efiAt / sector, multipleOf: mib });
  const rootAt = efiAt + efi.length;
  const rootSize = statSync(root).size;
  const rootBytes = Math.ceil(rootSize / mib) * mib;
  const bytes = rootAt + rootBytes + mib;
  const { head, tail } = partitionTable({
    bytes,
    id: ids.disk,
    partitions: [
      { type: partitionTypes.efiSystem, id: ids.efiSystem, name: 'EFI system', at: efiAt, bytes: efi.length },
      { type: partitionTypes.linux, id: ids.root, name: rootName, at: rootAt, bytes: rootBytes },
    ],
  });
  writeVhdx({ path, bytes, pieces: [{ at: 0, bytes: head }, { at: efiAt, bytes: efi }, { at: rootAt, file: root, size: rootSize }, { at: bytes - tail.length, bytes: tail }] });
}
