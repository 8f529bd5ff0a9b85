import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32, polynomials } from '../formats/crc32.mjs';
import { makeBootDisk } from './boot-disk.mjs';
import { fat32 } from './fat32.mjs';
import { unifiedKernel } from './unified-kernel.mjs';
import { writeVhdx } from './vhdx.mjs';

const mib = 1024 * 1024;
const has = (program) => spawnSync(program, ['--version']).error === undefined;
let folder;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'slipway-boot-disk-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As much of a PE program as has headers: one section at 0x4000, room for five more. */
function fakeStub() {
  const stub = Buffer.alloc(0x600);
  stub.write('MZ', 0, 'latin1');
  stub.writeUInt32LE(0x80, 0x3c);
  stub.write('PE\0\0', 0x80, 'latin1');
  stub.writeUInt16LE(1, 0x86);
  stub.writeUInt16LE(0xf0, 0x94);
  stub.writeUInt32LE(0x200, 0x98 + 36);
  stub.writeUInt32LE(0x400, 0x98 + 60);
  stub.write('.text', 0x188, 'latin1');
  stub.writeUInt32LE(0x123, 0x188 + 8);
  stub.writeUInt32LE(0x4000, 0x188 + 12);
  stub.writeUInt32LE(0x200, 0x188 + 16);
  stub.writeUInt32LE(0x400, 0x188 + 20);
  return stub;
}

it('sums as others do', () => {
  // The check values of both polynomials.
  expect([crc32(Buffer.from('123456789')), crc32(Buffer.from('123456789'), polynomials.castagnoli)]).toEqual([0xcbf43926, 0xe3069283]);
});

describe('an EFI program around a kernel', () => {
  const parts = [{ name: '.cmdline', bytes: Buffer.from('quiet') }, { name: '.linux', bytes: randomBytes(5000) }];

  it('has its parts as sections, where the stub looks for them: in memory behind the stub, whole pages apart', () => {
    const program = unifiedKernel(fakeStub(), parts);
    const sections = Array.from({ length: program.readUInt16LE(0x86) }, (_, index) => {
      const at = 0x188 + index * 40;
      const [size, memory, , file] = [8, 12, 16, 20].map((field) => program.readUInt32LE(at + field));
      return { name: program.toString('latin1', at, at + 8).replaceAll('\0', ''), memory, body: program.subarray(file, file + size) };
    });
    expect(sections.map(({ name, memory }) => [name, memory])).toEqual([['.text', 0x4000], ['.cmdline', 0x5000], ['.linux', 0x6000]]);
    expect(sections.slice(1).map(({ body }) => body)).toEqual(parts.map(({ bytes }) => bytes));
    // SizeOfImage: all of it in memory.
    expect(program.readUInt32LE(0x98 + 56)).toBe(0x8000);
  });

  it('is not made of a stub that has no room, or that is none', () => {
    expect(() => unifiedKernel(fakeStub(), Array.from({ length: 16 }, (_, index) => ({ name: `.${index}`, bytes: Buffer.alloc(1) })))).toThrow('no room for 16 more sections');
    expect(() => unifiedKernel(Buffer.alloc(512), parts)).toThrow('no PE program');
  });
});

describe('a FAT32 with one file', () => {
  const make = (bytes) => fat32({ path: ['EFI', 'BOOT', 'BOOTX64.EFI'], body: Buffer.alloc(bytes, 'program'), startsAtSector: 2048, multipleOf: mib });

  it('is whole megabytes, and has enough clusters to be one', () => {
    const image = make(1);
    const sectors = image.readUInt32LE(32);
    expect([image.length % mib, sectors * 512]).toEqual([0, image.length]);
    const clusters = sectors - image.readUInt16LE(14) - 2 * image.readUInt32LE(36);
    expect(clusters).toBeGreaterThanOrEqual(65_525);
    expect(image.readUInt32LE(36) * 128).toBeGreaterThanOrEqual(clusters + 2);
  });

  it('refuses a name that is none of 8.3', () => expect(() => fat32({ path: ['loader.conf'], body: Buffer.alloc(1), startsAtSector: 0, multipleOf: mib })).toThrow('no name of 8.3'));

  it.runIf(has('fsck.fat'))('is in order for fsck.fat', () => {
    // The second one is larger than the fewest clusters hold.
    for (const bytes of [513, 40 * mib]) {
      writeFileSync(join(folder, 'fat'), make(bytes));
      expect(execFileSync('fsck.fat', ['-n', '-v', join(folder, 'fat')], { encoding: 'utf8' })).toContain('fat: 4 files');
    }
  });
});

it('a VHDX has ids of what it holds, by which a differencing disk knows its parent', () => {
  const idOf = (text) => {
    const path = join(folder, 'small.vhdx');
    writeVhdx({ path, bytes: 2 * mib, pieces: [{ at: mib, bytes: Buffer.from(text) }] });
    return readFileSync(path).toString('hex', 128 * 1024 + 32, 128 * 1024 + 48);
  };
  expect([idOf('one') === idOf('one'), idOf('one') === idOf('other')]).toEqual([true, false]);
});

describe('the boot disk', () => {
  const parts = () => ({ stub: fakeStub(), kernel: Buffer.alloc(3 * mib, 'kernel'), initrd: Buffer.alloc(mib, 'initrd'), commandLine: 'quiet', osRelease: Buffer.from('ID=slipway\n') });
  let root;
  const make = (name) => {
    const path = join(folder, name);
    makeBootDisk({ path, root, ...parts() });
    return path;
  };
  const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
  beforeAll(() => {
    root = join(folder, 'root');
    writeFileSync(root, Buffer.concat([Buffer.alloc(3 * mib, 'root'), Buffer.alloc(8 * mib), Buffer.from('the end')]));
  });

  it('is the same bytes twice, and takes no room for zeros', () => {
    expect(sha256(make('twice.vhdx'))).toBe(sha256(make('boot.vhdx')));
    expect(statSync(join(folder, 'boot.vhdx')).size).toBeLessThan(20 * mib);
  });

  it.runIf(has('qemu-img'))('is a VHDX for qemu-img, and holds its partitions', () => {
    const path = join(folder, 'boot.vhdx');
    expect(execFileSync('qemu-img', ['check', '-f', 'vhdx', path], { encoding: 'utf8' })).toContain('No errors were found');
    execFileSync('qemu-img', ['convert', '-f', 'vhdx', '-O', 'raw', path, `${path}.raw`]);
    const raw = readFileSync(`${path}.raw`);
    const entry = (index) => raw.subarray(1024 + index * 128, 1024 + (index + 1) * 128);
    expect([0, 1].map((index) => entry(index).toString('utf16le', 56).replaceAll('\0', ''))).toEqual(['EFI system', 'slipway-root']);
    const [efiAt, rootAt] = [0, 1].map((index) => Number(entry(index).readBigUInt64LE(32)) * 512);
    expect(raw.subarray(rootAt, rootAt + statSync(root).size).equals(readFileSync(root))).toBe(true);
    expect(raw.subarray(-512).toString('latin1', 0, 8)).toBe('EFI PART');
    if (has('fsck.fat')) {
      writeFileSync(join(folder, 'efi'), raw.subarray(efiAt, rootAt));
      expect(execFileSync('fsck.fat', ['-n', join(folder, 'efi')], { encoding: 'utf8' })).toContain('4 files');
    }
    if (has('sgdisk')) expect(execFileSync('sgdisk', ['--verify', `${path}.raw`], { encoding: 'utf8' })).toContain('No problems found');
  });
});
