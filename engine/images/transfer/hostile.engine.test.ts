import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../content/digest.ts';
import { mount, umount2 } from '../../lib/syscalls/files.ts';
import type { ImageFixture } from '../../testing/image-fixture.ts';
import { dockerArchive, makeImage } from '../../testing/image-fixture.ts';
import type { ServiceFixture } from '../../testing/image-service-fixture.ts';
import { startService } from '../../testing/image-service-fixture.ts';
import type { RegistryFixture } from '../../testing/registry-fixture.ts';
import { startRegistry } from '../../testing/registry-fixture.ts';
import type { FixtureEntry } from '../../testing/tar-fixture.ts';
import { makeTar } from '../../testing/tar-fixture.ts';

/** What a registry, an archive or a client may send that is not what it says, or that does not fit on the disk. */

let registry: RegistryFixture;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry[Symbol.asyncDispose]());

const OCI = 'application/vnd.oci.image.manifest.v1+json';
const good = makeImage([[{ name: 'a', content: 'a'.repeat(5000) }]]);

interface Manifest {
  schemaVersion: unknown;
  config: { mediaType: string; digest: string; size: number };
  layers: { mediaType: string; digest: string; size: number; urls?: string[] }[];
}

describe('an image from a registry', () => {
  let service: ServiceFixture;
  beforeEach(async () => {
    service = await startService();
  });
  afterEach(() => service[Symbol.dispose]());

  async function pullLie(change: (manifest: Manifest) => unknown): Promise<void> {
    await registry.pushImage('lies', 'image', good);
    await registry.pushBlob('lies', other.config);
    const manifest = JSON.parse(good.manifest.toString()) as Manifest;
    const bytes = Buffer.from(JSON.stringify(change(manifest) ?? manifest));
    await registry.pushManifest('lies', 'latest', bytes, OCI);
    await service.pull(`${registry.host}/lies`);
  }
  const other = makeImage([[{ name: 'b' }], [{ name: 'c' }]]);

  test.each<[string, (manifest: Manifest) => unknown, RegExp]>([
    ['a layer smaller than the manifest says', (manifest) => void (manifest.layers[0]!.size += 10), /416 Range Not Satisfiable|unexpected EOF|verification failed/],
    ['a layer larger than the manifest says', (manifest) => void (manifest.layers[0]!.size -= 10), /sends more than the \d+ bytes/],
    ['a config of another image', (manifest) => void Object.assign(manifest.config, { digest: other.id, size: other.config.length }), /the manifest has 1 layers and the config 2/],
    ['no layers', (manifest) => void (manifest.layers = []), /the manifest has 0 layers and the config 1/],
    ['a layer twice', (manifest) => void manifest.layers.push(manifest.layers[0]!), /the manifest has 2 layers and the config 1/],
    ['a layer that is its config', (manifest) => void Object.assign(manifest.layers[0]!, { digest: good.id, size: good.config.length }), /cannot be unpacked|has digest/],
    ['a config that is a layer', (manifest) => void Object.assign(manifest.config, { digest: good.layers[0]!.digest, size: good.layers[0]!.blob.length }), /invalid image config/],
  ])('with %s is refused, and nothing of it stays', async (_, change, message) => {
    await expect(pullLie(change)).rejects.toThrow(message);
    expect(await service.images.list({ all: true })).toEqual([]);
    await service.reopen();
    expect(await service.snapshotter.list()).toEqual([]);
    expect(readdirSync(join(service.directory, 'content', 'blobs', 'sha256'))).toEqual([]);
  });

  test('with media types that lie is what its bytes are', async () => {
    await pullLie((manifest) => void (manifest.layers[0]!.mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd'));
    expect(await service.tree(good.id)).toContain('./a f');
  });
});

describe('layers that would reach outside', () => {
  const link = (name: string, linkName: string): FixtureEntry => ({ name, type: 'symlink', linkName });
  const hard = (name: string, linkName: string): FixtureEntry => ({ name, type: 'hardlink', linkName });

  test.each<[string, FixtureEntry[]]>([
    ['..', [{ name: '../../../../../../tmp/slipway-evil' }]],
    ['a symlink of a layer below', [{ name: 'out/slipway-evil', content: 'x' }]],
    ['a whiteout through a symlink of a layer below', [{ name: 'out/.wh.victim' }]],
    ['an opaque marker through a symlink of a layer below', [{ name: 'out/.wh..wh..opq' }]],
    ['a hard link to a symlink that is then written to', [link('l', '/tmp/slipway-evil'), hard('h', 'l'), { name: 'h', content: 'x' }]],
    ['a fifo that is then written to', [{ name: 'p', type: 'fifo' }, { name: 'p', content: 'x' }]],
    ['a device that is then written to', [{ name: 'd', type: 'character-device', deviceMajor: 1, deviceMinor: 3 }, { name: 'd', content: 'x' }]],
  ])('by %s stay inside', async (_, entries) => {
    using service = await startService();
    const below = makeTar([link('out', '/tmp'), { name: 'tmp/' }]);
    await service.images.import({ source: '-', body: Readable.from([below], { objectMode: false }), target: 'below', message: '', changes: [] }, () => {});
    const before = readdirSync('/tmp').filter((name) => name.startsWith('slipway-evil'));
    const layer = Readable.from([makeTar(entries)], { objectMode: false });
    await service.images.create({ parent: 'below', layer, config: {} }).catch((error: unknown) => expect(error).toMatchObject({ kind: 'invalid-parameter' }));
    expect(readdirSync('/tmp').filter((name) => name.startsWith('slipway-evil'))).toEqual(before);
  });
});

describe('bombs', () => {
  test('a layer of a thousandfold size ends at the size of the disk, and the engine goes on', async () => {
    await onSmallDisk(24, async (service) => {
      const tar = makeTar([{ name: 'zeros', content: Buffer.alloc(60_000_000) }]);
      await registry.pushImage('bomb', 'latest', imageOf(tar));
      await expect(service.pull(`${registry.host}/bomb`)).rejects.toThrow(/free on the disk|No space left/);
      await registry.pushImage('good', 'latest', good);
      await service.pull(`${registry.host}/good`);
      expect(await service.tree(`${registry.host}/good`)).toContain('./a f');
    });
  });
});

describe('a disk that fills up', () => {
  // Layers made here are compressed: nothing else fills a disk.
  const noise = (length: number) => randomBytes(length);
  const big = makeImage([[{ name: 'big', content: noise(9_000_000) }]], { compression: 'none' });

  test.each<[string, (service: ServiceFixture) => Promise<unknown>]>([
    ['load', (service) => service.images.load(Readable.from([dockerArchive([{ image: big, tags: ['big'] }])], { objectMode: false }), { quiet: true }, () => {})],
    ['import', (service) => service.images.import({ source: '-', body: Readable.from([big.layers[0]!.tar], { objectMode: false }), target: 'big', message: '', changes: [] }, () => {})],
    ['commit', (service) => service.images.create({ parent: 'small', layer: Readable.from([big.layers[0]!.tar], { objectMode: false }), config: {} })],
  ])('in the middle of a %s is an error, and the store works on', async (_, work) => {
    await onSmallDisk(12, async (service) => {
      const small = () => service.images.load(Readable.from([dockerArchive([{ image: good, tags: ['small'] }])], { objectMode: false }), { quiet: true }, () => {});
      await small();
      await expect(work(service)).rejects.toThrow(/ENOSPC|No space left|free on the disk/);
      expect((await service.images.list({ all: true })).map(({ RepoTags }) => RepoTags)).toEqual([['small:latest']]);
      await service.images.remove('small', {});
      await small();
      expect(await service.tree('small')).toContain('./a f');
      await service.reopen();
      expect(await service.images.list()).toHaveLength(1);
      expect(service.log).toEqual([]);
    });
  });
});

function imageOf(tar: Buffer): ImageFixture {
  const blob = gzipSync(tar);
  const image = makeImage([[]]);
  const config = JSON.parse(image.config.toString()) as { rootfs: { diff_ids: string[] } };
  config.rootfs.diff_ids = [digestOf(tar)];
  const bytes = Buffer.from(JSON.stringify(config));
  const manifest = JSON.parse(image.manifest.toString()) as Manifest;
  Object.assign(manifest.config, { digest: digestOf(bytes), size: bytes.length });
  Object.assign(manifest.layers[0]!, { digest: digestOf(blob), size: blob.length });
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  return { config: bytes, manifest: manifestBytes, id: digestOf(bytes), manifestDigest: digestOf(manifestBytes), layers: [{ tar, blob, diffId: digestOf(tar), digest: digestOf(blob) }] };
}

/** @param megabytes of the disk */
async function onSmallDisk(megabytes: number, work: (service: ServiceFixture) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const disk = join(directory, 'disk');
  mkdirSync(disk);
  mount({ target: disk, type: 'tmpfs', data: `size=${megabytes}m` });
  try {
    using service = await startService(disk);
    await work(service);
  } finally {
    umount2(disk, 2);
    rmSync(directory, { recursive: true });
  }
}
