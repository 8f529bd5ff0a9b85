import { decompress } from './decompress.mjs';
import { isElf, trimLastSegment } from './elf.mjs';

/**
 * What QEMU boots fastest out of Debian's vmlinuz: on amd64 the ELF vmlinux inside the bzImage (PVH entry, no decompression in the guest), on
 * arm64 the plain Image.
 * @param {Buffer} vmlinuz @param {'amd64'|'arm64'} arch
 */
export async function extractKernel(vmlinuz, arch) {
  if (arch === 'arm64') {
    const image = await decompress(vmlinuz);
    if (image.subarray(56, 60).toString('latin1') !== 'ARM\x64') throw new Error('The arm64 kernel is no Image file (magic ARMd is missing).');
    return image;
  }
  // Documentation/arch/x86/boot.rst: setup_sects at 0x1f1, payload_offset at 0x248, payload_length at 0x24c.
  if (vmlinuz.subarray(0x202, 0x206).toString('latin1') !== 'HdrS') throw new Error('The amd64 kernel is no bzImage (HdrS is missing).');
  const start = (vmlinuz[0x1f1] + 1) * 512 + vmlinuz.readUInt32LE(0x248);
  const kernel = await decompress(vmlinuz.subarray(start, start + vmlinuz.readUInt32LE(0x24c)));
  if (!isElf(kernel)) throw new Error('The payload of the bzImage is compressed in a way that is not known here.');
  return trimLastSegment(kernel);
}
