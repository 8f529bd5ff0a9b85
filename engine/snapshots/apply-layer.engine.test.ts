import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../content/digest.ts';
import { lgetxattr, llistxattr, mount, umount2 } from '../lib/syscalls/files.ts';
import type { FixtureEntry } from '../testing/tar-fixture.ts';
import { makeTar } from '../testing/tar-fixture.ts';
import type { ApplyOptions } from './apply-layer.ts';
import { applyLayer } from './apply-layer.ts';

let directory: string;
let target: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'apply-layer-'));
  target = join(directory, 'target');
  mkdirSync(target);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function apply(archive: Buffer, options: Partial<ApplyOptions> & { packed?: Buffer } = {}) {
  const { packed, ...rest } = options;
  return applyLayer(chunked(packed ?? archive), target, { diffId: digestOf(archive), ...rest });
}

function chunked(bytes: Buffer): Readable {
  return Readable.from(
    (function* () {
      for (let offset = 0; offset < bytes.length; offset += 1000) yield bytes.subarray(offset, offset + 1000);
    })(),
    { objectMode: false },
  );
}

/** Everything about a tree that an image carries: types, modes, owners, times, links, content, xattrs. */
function listing(root: string): string {
  const find = 'find . -printf "%p %y %m %U %G %T@ %n %l %s\\n" | sort; find . -type f -exec sha256sum {} + | sort -k2';
  const tree = execFileSync('sh', ['-c', find], { cwd: root, encoding: 'latin1', env: { ...process.env, LC_ALL: 'C' } });
  const xattrs = readdirSync(root, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(root, name);
    return existsSync(path) ? llistxattr(path).map((key) => `${name} ${key}=${lgetxattr(path, key)?.toString('hex')}`) : [];
  });
  return [tree, ...xattrs.sort()].join('\n');
}

const everything: FixtureEntry[] = [
  { name: './', mode: 0o751 },
  { name: 'etc/', mode: 0o700, uid: 5, gid: 6, mtime: 1_600_000_000, mtimeNanoseconds: 5 },
  { name: 'etc/passwd', content: 'root\n', mtimeNanoseconds: 123_456_789 },
  { name: 'bin/' },
  { name: 'bin/su', content: 'x'.repeat(3000), mode: 0o6755, xattrs: { 'user.note': 'a note', 'security.capability': '\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0' } },
  { name: 'bin/su2', type: 'hardlink', linkName: '/bin/su' },
  { name: 'bin/sh', type: 'symlink', linkName: '/bin/busybox' },
  { name: 'bin/up', type: 'symlink', linkName: '../../../../etc/passwd', uid: 9 },
  { name: 'dev/' },
  { name: 'dev/null', type: 'character-device', deviceMajor: 1, deviceMinor: 3, mode: 0o666 },
  { name: 'pipe', type: 'fifo' },
  { name: `deep/${'long-name-'.repeat(20)}/file`, content: 'deep' },
  { name: Buffer.from('etc/\xff\xfe latin', 'latin1').toString('latin1'), content: 'bytes' },
  { name: Buffer.from('etc/Főtanúsítvány').toString('latin1'), content: 'text' },
  { name: 'etc/late', content: 'the folder etc is entered again' },
];

test.each([
  ['plain', (archive: Buffer) => archive],
  ['gzip', (archive: Buffer) => gzipSync(archive)],
  ['two gzip members', (archive: Buffer) => Buffer.concat([gzipSync(archive.subarray(0, 700)), gzipSync(archive.subarray(700))])],
  ['zstd', (archive: Buffer) => zstdCompressSync(archive)],
])('a %s layer becomes the tree that tar makes of it', async (_, pack) => {
  const archive = makeTar(everything);
  const applied = await apply(archive, { packed: pack(archive) });
  expect(applied.hasRoot).toBe(true);
  // The last is the length of what the symbolic links say, as moby counts.
  expect(applied.size).toBe(5 + 3000 + 4 + 5 + 4 + 31 + 34);

  const expected = join(directory, 'expected');
  mkdirSync(expected);
  execFileSync('tar', ['-x', '-C', expected, '--numeric-owner', '-p', '--xattrs', '--xattrs-include=*', '--delay-directory-restore'], { stdio: ['pipe', 'ignore', 'ignore'], input: archive });
  // GNU tar makes folders that are not in the archive with the time of the extraction; here they are of 1970.
  for (const root of [target, expected]) execFileSync('touch', ['-d', '@0', join(root, 'deep'), join(root, 'deep', 'long-name-'.repeat(20))]);
  expect(listing(target)).toBe(listing(expected));
  expect(lgetxattr(join(target, 'bin/su'), 'security.capability')).toHaveLength(20);
});

describe('whiteouts, as the kernel sees them', () => {
  function merged<T>(look: (root: string) => T): T {
    const [lower, work, root] = ['lower', 'work', 'merged'].map((name) => join(directory, name)) as [string, string, string];
    for (const folder of [lower, work, root, join(lower, 'a'), join(lower, 'b')]) mkdirSync(folder);
    for (const file of ['top', 'a/x', 'a/y', 'b/x']) writeFileSync(join(lower, file), 'lower');
    mount({ target: root, type: 'overlay', data: `lowerdir=${lower},upperdir=${target},workdir=${work}` });
    try {
      return look(root);
    } finally {
      umount2(root);
      rmdirSync(root);
    }
  }

  test('a whiteout hides one entry, an opaque marker all of a folder', async () => {
    await apply(makeTar([{ name: '.wh.top' }, { name: 'a/', mode: 0o711 }, { name: 'a/.wh.x' }, { name: 'b/', mode: 0o722 }, { name: 'b/new' }, { name: 'b/.wh..wh..opq' }]));
    merged((root) => {
      expect(readdirSync(root).sort()).toEqual(['a', 'b']);
      expect(readdirSync(join(root, 'a'))).toEqual(['y']);
      expect(readdirSync(join(root, 'b'))).toEqual(['new']);
      expect(statSync(join(root, 'b')).mode & 0o777).toBe(0o722);
    });
  });

  test.each([
    ['before', [{ name: '.wh.a' }, { name: 'a/' }, { name: 'a/new' }]],
    ['after', [{ name: 'a/' }, { name: 'a/new' }, { name: '.wh.a' }]],
    ['without its own entry', [{ name: '.wh.a' }, { name: 'a/new' }]],
  ])('a folder of this layer that is whited out %s hides what is below it, and stays', async (_, entries) => {
    await apply(makeTar(entries));
    merged((root) => expect(readdirSync(join(root, 'a'))).toEqual(['new']));
  });

  test('an opaque marker before its folder, and in a folder the layer does not list', async () => {
    await apply(makeTar([{ name: 'a/.wh..wh..opq' }, { name: 'a/', mode: 0o700 }, { name: 'b/.wh..wh..opq' }]));
    merged((root) => {
      expect(readdirSync(join(root, 'a'))).toEqual([]);
      expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
      expect(readdirSync(join(root, 'b'))).toEqual([]);
    });
  });

  test('a file of this layer wins over its whiteout, whichever comes first', async () => {
    await apply(makeTar([{ name: '.wh.top' }, { name: 'top', content: 'new' }, { name: 'a/' }, { name: 'a/x', content: 'new' }, { name: 'a/.wh.x' }]));
    merged((root) => {
      expect(readFileSync(join(root, 'top'), 'utf8')).toBe('new');
      expect(readFileSync(join(root, 'a', 'x'), 'utf8')).toBe('new');
    });
  });

  test("overlayfs' own attributes in an archive are dropped", async () => {
    await apply(makeTar([{ name: 'a/', xattrs: { 'trusted.overlay.redirect': '/b', 'user.overlay.opaque': 'y', 'user.kept': 'y' } }]));
    expect(lgetxattr(join(target, 'a'), 'trusted.overlay.redirect')).toBeUndefined();
    expect(lgetxattr(join(target, 'a'), 'user.overlay.opaque')).toBeUndefined();
    expect(lgetxattr(join(target, 'a'), 'user.kept')?.toString()).toBe('y');
    merged((root) => expect(readdirSync(join(root, 'a')).sort()).toEqual(['x', 'y']));
  });
});

describe('malicious layers', () => {
  const link = (name: string, linkName: string): FixtureEntry => ({ name, type: 'symlink', linkName });
  const hard = (name: string, linkName: string): FixtureEntry => ({ name, type: 'hardlink', linkName });

  test.each<[string, FixtureEntry[], RegExp]>([
    ['..', [{ name: '../outside/evil' }], /leaves the layer/],
    ['.. in the middle', [{ name: 'a/' }, { name: 'a/../../outside/evil' }], /leaves the layer/],
    ['a symlink as parent', [link('a', '../outside'), { name: 'a/evil' }], /a above it is a symlink/],
    ['an absolute symlink as parent', [link('a', '/tmp'), { name: 'a/evil' }], /a above it is a symlink/],
    ['a symlink two levels up', [{ name: 'd/' }, link('d/a', '../../outside'), { name: 'd/a/b/evil' }], /d\/a above it is a symlink/],
    ['a folder that becomes a symlink', [{ name: 'a/' }, link('a', '../outside'), { name: 'a/evil' }], /a above it is a symlink/],
    ['a hard link to a symlink as parent', [link('l', '../outside'), hard('a', 'l'), { name: 'a/evil' }], /a above it is a symlink/],
    ['a symlink as parent of a whiteout', [link('a', '../outside'), { name: 'a/.wh.victim' }], /a above it is a symlink/],
    ['a symlink as parent of an opaque marker', [link('a', '../outside'), { name: 'a/.wh..wh..opq' }], /a above it is a symlink/],
    ['a hard link out', [hard('evil', '../outside/victim')], /leaves the layer/],
    ['an absolute hard link out', [hard('evil', '/etc/passwd')], /does not hold before it/],
    ['a hard link through a symlink', [link('a', '../outside'), hard('evil', 'a/victim')], /does not hold before it/],
    ['a hard link to a folder', [{ name: 'd/' }, hard('evil', 'd')], /hard link to the directory/],
    ['a file as parent', [{ name: 'f', content: 'x' }, { name: 'f/evil' }], /f above it is a file/],
    ['a whiteout of ..', [{ name: '.wh...' }], /whiteout of no name/],
    ['a whiteout of .', [{ name: 'a/' }, { name: 'a/.wh..' }], /whiteout of no name/],
    ['a whiteout of nothing', [{ name: '.wh.' }], /whiteout of no name/],
    ['an entry below a whiteout', [{ name: '.wh.a/' }, { name: '.wh.a/evil' }], /below a whiteout/],
    ['a whiteout in disguise', [{ name: 'a', type: 'character-device' }], /whiteout in disguise/],
    ['the root as a symlink', [link('./', '/etc')], /the root is a symlink/],
    ['the root as a file', [{ name: '.', type: 'file' }], /the root is a file/],
    ['a name longer than any file', [{ name: 'x'.repeat(300) }], /no file can have this name/],
    ['a path longer than any', [{ name: 'd/'.repeat(2500) }], /too long/],
    ['an owner that is none', [{ name: 'a', uid: 2 ** 40 }], /32-bit/],
  ])('%s is refused, and nothing outside changes', async (_, entries, message) => {
    const outside = join(directory, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'victim'), 'whole');
    const before = listing(outside);
    await expect(apply(makeTar(entries))).rejects.toThrow(message);
    expect(listing(outside)).toBe(before);
    expect(existsSync('/tmp/evil')).toBe(false);
  });

  test('absolute names land inside', async () => {
    await apply(makeTar([{ name: '/abs/' }, { name: '//abs//.//file', content: 'x' }]));
    expect(readFileSync(join(target, 'abs', 'file'), 'utf8')).toBe('x');
  });

  test('a symlink that is replaced by a file is not written through', async () => {
    writeFileSync(join(directory, 'victim'), 'whole');
    await apply(makeTar([link('a', '../victim'), { name: 'a', content: 'mine' }]));
    expect(readFileSync(join(directory, 'victim'), 'utf8')).toBe('whole');
    expect(lstatSync(join(target, 'a')).isFile()).toBe(true);
  });

  test('bombs are stopped at the limits', async () => {
    const zeros = makeTar([{ name: 'zeros', content: Buffer.alloc(10_000_000) }]);
    await expect(apply(zeros, { packed: gzipSync(zeros), limits: { bytes: 1_000_000 } })).rejects.toThrow(/more than 1000000 bytes/);
    const many = makeTar(Array.from({ length: 50 }, (_, n) => ({ name: `f${n}` })));
    await expect(apply(many, { limits: { entries: 20 } })).rejects.toThrow(/more than 20 entries/);
  });

  test.each([
    ['a wrong diffID', (archive: Buffer) => ({ packed: archive, diffId: digestOf('other') }), /has digest sha256:.* config says sha256:/],
    ['a cut gzip', (archive: Buffer) => ({ packed: gzipSync(archive).subarray(0, 50) }), /unexpected end of file/],
    ['a damaged gzip', (archive: Buffer) => ({ packed: Buffer.concat([gzipSync(archive).subarray(0, 20), Buffer.alloc(100, 7)]) }), /cannot be unpacked/],
    ['no tar at all', () => ({ packed: Buffer.alloc(2000, 'x') }), /invalid tar header/],
    ['xz', () => ({ packed: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]) }), /the layer cannot be unpacked: xz: /],
    ['a cut tar', (archive: Buffer) => ({ packed: archive.subarray(0, 700) }), /unexpected end/],
  ])('%s is refused', async (_, make, message) => {
    const archive = makeTar([{ name: 'f', content: 'x'.repeat(5000) }]);
    await expect(apply(archive, make(archive))).rejects.toThrow(message);
  });
});

test('a full disk is an error with the reason', async () => {
  mount({ target, type: 'tmpfs', data: 'size=1m' });
  try {
    const archive = makeTar([{ name: 'big', content: Buffer.alloc(3_000_000, 'x') }, ...Array.from({ length: 300 }, (_, n) => ({ name: `f${n}`, content: 'y' }))]);
    await expect(apply(archive, { limits: { bytes: 1e9, entries: 1e6 } })).rejects.toThrow(/failed to register layer: .*big.*No space left on device/);
    await expect(apply(archive)).rejects.toThrow(/free on the disk/);
  } finally {
    umount2(target);
  }
});

test('aborting ends it with the reason', async () => {
  const controller = new AbortController();
  const stalled = new Readable({ read: () => undefined });
  stalled.push(makeTar([{ name: 'a', content: 'x' }]).subarray(0, 600));
  const applying = applyLayer(stalled, target, { diffId: digestOf(''), signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) });
  await expect(applying).rejects.toThrow('enough');
});

test('an empty tar is an empty layer', async () => {
  const diffId = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';
  expect(await apply(makeTar([]))).toEqual({ diffId, size: 0, hasRoot: false, compression: 'none', tarSize: 1024 });
  symlinkSync('/nowhere', join(target, 'still-writable'));
});
