import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAr } from './ar.mjs';
import { writeCpio } from './cpio.mjs';
import { decompress } from './decompress.mjs';
import { dynamicNeeds, isElf, section, stripSections, trimLastSegment } from './elf.mjs';
import { extractKernel } from './kernel.mjs';
import { readTar, writeTar } from './tar.mjs';

const has = (command) => spawnSync(command, ['--version']).error === undefined;
let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'slipway-formats-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('tar', () => {
  const entries = [
    { path: 'a', type: 'directory' },
    { path: 'a/program', body: Buffer.from('x'.repeat(700)), mode: 0o755 },
    { path: 'a/link', type: 'symlink', link: 'program', mode: 0o777 },
  ];

  it('reads back what it wrote', () => {
    const read = [...readTar(writeTar(entries))];
    expect(read.map(({ path, type, mode, link }) => ({ path, type, mode, link }))).toEqual([
      { path: 'a', type: 'directory', mode: 0o755, link: '' },
      { path: 'a/program', type: 'file', mode: 0o755, link: '' },
      { path: 'a/link', type: 'symlink', mode: 0o777, link: 'program' },
    ]);
    expect(read[1].body.length).toBe(700);
  });

  it('writes what tar(1) takes, and reads what it writes, long names included', () => {
    writeFileSync(join(folder, 'ours.tar'), writeTar(entries));
    expect(spawnSync('tar', ['-xf', 'ours.tar'], { cwd: folder }).status).toBe(0);
    expect(statSync(join(folder, 'a/program')).mode & 0o777).toBe(0o755);
    const long = `${'d'.repeat(90)}/${'f'.repeat(120)}`;
    for (const format of ['gnu', 'pax']) {
      spawnSync('sh', ['-c', `mkdir -p ${long.split('/')[0]} && echo long > ${long} && tar --format=${format} -cf theirs.tar ./${long}`], { cwd: folder });
      expect([...readTar(readFileSync(join(folder, 'theirs.tar')))].map(({ path, body }) => [path, body.toString()])).toEqual([[long, 'long\n']]);
    }
  });

  it('refuses a name that its headers cannot hold', () => {
    expect(() => writeTar([{ path: 'n'.repeat(101) }])).toThrow(/Too long/);
  });
});

it.runIf(has('cpio'))('cpio(1) takes the archive of the first root', () => {
  writeFileSync(join(folder, 'first.cpio'), writeCpio([{ path: 'dir', mode: 0o040755 }, { path: 'dir/init', mode: 0o100755, body: 'odd' }, { path: 'link', mode: 0o120777, body: 'dir/init' }, { path: 'last', mode: 0o100644, body: 'end' }]));
  const listed = spawnSync('cpio', ['-t', '--quiet', '-F', 'first.cpio'], { cwd: folder, encoding: 'utf8' });
  expect(listed).toMatchObject({ status: 0, stdout: 'dir\ndir/init\nlink\nlast\n' });
  expect(spawnSync('sh', ['-c', 'cpio -i --quiet -F first.cpio && cat dir/init last && readlink link'], { cwd: folder, encoding: 'utf8' }).stdout).toBe('oddenddir/init\n');
});

describe('decompress', () => {
  it.each(['xz', 'zstd'].filter(has))('inflates %s', async (command) => {
    const packed = spawnSync(command, ['-c'], { input: 'text'.repeat(1000) }).stdout;
    expect((await decompress(packed)).toString()).toBe('text'.repeat(1000));
  });
  it('inflates gzip, and leaves other bytes alone', async () => {
    expect((await decompress(gzipSync('text'))).toString()).toBe('text');
    expect((await decompress(Buffer.from('text'))).toString()).toBe('text');
  });
  it.runIf(has('xz'))('says what is wrong with damaged bytes', async () => {
    const packed = spawnSync('xz', ['-c'], { input: 'text'.repeat(1000) }).stdout;
    await expect(decompress(packed.fill(7, 30, 40))).rejects.toThrow(/xz could not decompress/);
  });
});

describe.runIf(process.platform === 'linux')('elf', () => {
  const node = readFileSync(process.execPath);

  it('finds the libraries and the loader of a program', () => {
    expect(isElf(node)).toBe(true);
    const { needed, interpreter } = dynamicNeeds(node);
    expect(needed).toEqual(expect.arrayContaining(['libc.so.6', 'libstdc++.so.6']));
    expect(interpreter).toMatch(/ld-linux/);
    expect(section(node, '.interp').toString('latin1').replace(/\0$/, '')).toBe(interpreter);
    expect(section(node, '.none')).toBeNull();
  });

  it('strips a program that runs as before', () => {
    const stripped = stripSections(node);
    expect(stripped.length).toBeLessThan(node.length);
    writeFileSync(join(folder, 'node'), stripped, { mode: 0o755 });
    expect(spawnSync(join(folder, 'node'), ['-p', '6*7'], { encoding: 'utf8' }).stdout).toBe('42\n');
  });
});

it('leaves out the zeros that a loader makes by itself', () => {
  const file = Buffer.alloc(64 + 56 + 1000);
  file.writeUInt32BE(0x7f454c46, 0);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeBigUInt64LE(120n, 64 + 8);
  file.writeBigUInt64LE(1000n, 64 + 32);
  file.writeBigUInt64LE(1000n, 64 + 40);
  file.write('code', 120);
  const trimmed = trimLastSegment(file);
  expect(trimmed.length).toBe(124);
  expect([trimmed.readBigUInt64LE(64 + 32), trimmed.readBigUInt64LE(64 + 40)]).toEqual([4n, 1000n]);
});

it('refuses what is no kernel', async () => {
  await expect(extractKernel(Buffer.alloc(4096), 'amd64')).rejects.toThrow(/no bzImage/);
  await expect(extractKernel(Buffer.alloc(4096), 'arm64')).rejects.toThrow(/no Image/);
});

it('refuses what is no .deb', () => expect(() => readAr(Buffer.from('PK zip'))).toThrow('not a .deb'));
