import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTar } from '../formats/tar.mjs';
import { makeErofs } from './erofs.mjs';
import { makeHello } from './hello.mjs';
import { checkLibraries } from './libraries.mjs';
import { RootTree } from './root-tree.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'slipway-parts-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

describe('slipway/hello', () => {
  const make = () => makeHello({ busybox: Buffer.from('busybox'), copyright: Buffer.from('GPL'), source: join(import.meta.dirname, '../../hello'), arch: 'amd64', version: '1' });
  const files = () => new Map([...readTar(make())].filter(({ type }) => type === 'file').map(({ path, body }) => [path, body]));

  it('is the same bytes twice', () => expect(sha256(make())).toBe(sha256(make())));

  it('is a docker archive whose parts fit together', () => {
    const archive = files();
    const [{ Config, RepoTags, Layers }] = JSON.parse(archive.get('manifest.json'));
    expect(RepoTags).toEqual(['slipway/hello:latest']);
    const config = JSON.parse(archive.get(Config));
    expect(config.rootfs.diff_ids).toEqual(Layers.map((path) => `sha256:${sha256(archive.get(path))}`));
    expect(config.history.filter(({ empty_layer: empty }) => empty !== true)).toHaveLength(Layers.length);
    expect(Layers.length).toBeGreaterThanOrEqual(3);
    expect(config.config).toMatchObject({ Cmd: ['/usr/bin/hello'], ExposedPorts: { '80/tcp': {} } });
  });

  it('is an OCI layout too', () => {
    const archive = files();
    const [{ digest, size }] = JSON.parse(archive.get('index.json')).manifests;
    const manifest = archive.get(`blobs/sha256/${digest.slice(7)}`);
    expect(manifest.length).toBe(size);
    for (const descriptor of [JSON.parse(manifest).config, ...JSON.parse(manifest).layers]) {
      const blob = archive.get(`blobs/sha256/${descriptor.digest.slice(7)}`);
      expect([blob.length, `sha256:${sha256(blob)}`]).toEqual([descriptor.size, descriptor.digest]);
    }
  });

  it('can start its programs', () => {
    const archive = files();
    const layers = JSON.parse(archive.get('manifest.json'))[0].Layers.flatMap((path) => [...readTar(archive.get(path))]);
    for (const path of ['usr/bin/hello', 'srv/hello/cgi-bin/index.cgi', 'bin/busybox']) expect(layers.find((entry) => entry.path === path)?.mode, path).toBe(0o755);
  });
});

describe('a root tree', () => {
  it('sets modes whatever the umask', () => {
    const before = process.umask(0o077);
    try {
      const tree = new RootTree(join(folder, 'root'));
      tree.file('usr/bin/x', 'x', 0o755);
      expect(['', 'usr', 'usr/bin/x'].map((path) => statSync(tree.host(path)).mode & 0o777)).toEqual([0o755, 0o755, 0o755]);
    } finally {
      process.umask(before);
    }
  });

  it('never writes through a link to the outside', () => {
    const tree = new RootTree(join(folder, 'root'));
    tree.link('etc', folder);
    expect(() => tree.file('etc/passwd', 'root')).toThrow();
    expect(existsSync(join(folder, 'passwd'))).toBe(false);
    tree.link('run', join(folder, 'victim'));
    tree.file('run', 'a file instead of the link');
    expect(existsSync(join(folder, 'victim'))).toBe(false);
  });

  it('lists its own files, not those of this machine that its links seem to point to', () => {
    const tree = new RootTree(join(folder, 'root'));
    tree.link('var/run', '/etc');
    tree.file('usr/bin/x', 'x');
    expect(tree.files()).toEqual(['usr/bin/x']);
  });

  it.runIf(process.platform === 'linux')('names the libraries that are missing, and who needs them', () => {
    const tree = new RootTree(join(folder, 'root'));
    tree.file('usr/bin/node', readFileSync(process.execPath), 0o755);
    expect(() => checkLibraries(tree)).toThrow(/libstdc\+\+\.so\.6 \(for usr\/bin\/node\)/);
  });

  it.runIf(spawnSync('mkfs.erofs', ['--help']).error === undefined)('packs into the same bytes from two folders filled in another order', () => {
    const make = (name, order) => {
      const tree = new RootTree(join(folder, name));
      for (const path of order) tree.file(path, `content of ${path}`.repeat(1000), 0o644);
      tree.link('usr/lib/link', 'a');
      makeErofs(tree.folder, join(folder, `${name}.erofs`));
      return sha256(readFileSync(join(folder, `${name}.erofs`)));
    };
    const paths = ['usr/lib/a', 'usr/lib/b', 'etc/z', 'etc/deep/er/y', 'bin/q'];
    expect(make('one', paths)).toBe(make('two', [...paths].reverse()));
  });
});
