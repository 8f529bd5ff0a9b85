import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Digest } from '../content/digest.ts';
import { digestOf, hexOf } from '../content/digest.ts';
import type { FixtureEntry } from './tar-fixture.ts';
import { makeTar } from './tar-fixture.ts';
import { machinePlatform } from '../images/model/platform.ts';

/** An image made for a test, in every form in which images travel. */
export interface ImageFixture {
  config: Buffer;
  manifest: Buffer;
  id: Digest;
  manifestDigest: Digest;
  layers: { tar: Buffer; blob: Buffer; diffId: Digest; digest: Digest }[];
}

export interface ImageFixtureOptions {
  compression?: 'gzip' | 'zstd' | 'none';
  config?: Record<string, unknown>;
  architecture?: string;
  created?: string;
}

export function makeImage(layers: FixtureEntry[][], options: ImageFixtureOptions = {}): ImageFixture {
  const { compression = 'gzip' } = options;
  const packed = layers.map((entries) => {
    const tar = makeTar(entries);
    const blob = { gzip: (bytes: Buffer) => gzipSync(bytes, { level: 1 }), zstd: zstdCompressSync, none: (bytes: Buffer) => bytes }[compression](tar);
    return { tar, blob, diffId: digestOf(tar), digest: digestOf(blob) };
  });
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: options.architecture ?? machinePlatform().architecture,
      created: options.created ?? '2024-03-01T10:00:00Z',
      config: { Cmd: ['/bin/sh'], Env: ['PATH=/bin'], ...options.config },
      rootfs: { type: 'layers', diff_ids: packed.map(({ diffId }) => diffId) },
      history: packed.map((_, index) => ({ created: '2024-03-01T10:00:00Z', created_by: `step ${index}` })),
    }),
  );
  const suffix = compression === 'none' ? '' : `+${compression}`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
      layers: packed.map(({ blob, digest }) => ({ mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`, digest, size: blob.length })),
    }),
  );
  return { config, manifest, id: digestOf(config), manifestDigest: digestOf(manifest), layers: packed };
}

/** What `docker save` writes. */
export function dockerArchive(images: { image: ImageFixture; tags: string[] }[], extra: FixtureEntry[] = []): Buffer {
  const files = images.flatMap(({ image }) => [
    { name: `${hexOf(image.id)}.json`, content: image.config },
    ...image.layers.map(({ blob }, index) => ({ name: `${hexOf(image.id)}-${index}/layer.tar`, content: blob })),
  ]);
  const manifest = images.map(({ image, tags }) => ({
    Config: `${hexOf(image.id)}.json`,
    RepoTags: tags,
    Layers: image.layers.map((_, index) => `${hexOf(image.id)}-${index}/layer.tar`),
  }));
  return makeTar([...files, ...extra, { name: 'manifest.json', content: JSON.stringify(manifest) }]);
}

/** An OCI image layout with one name, which an index leads from to an image of each platform. */
export function ociIndexArchive(name: string, images: ImageFixture[]): Buffer {
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: images.map(({ config, manifest, manifestDigest }) => {
        const { os, architecture } = JSON.parse(config.toString()) as { os: string; architecture: string };
        return { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: manifestDigest, size: manifest.length, platform: { os, architecture } };
      }),
    }),
  );
  const blobs = [index, ...images.flatMap(({ config, manifest, layers }) => [config, manifest, ...layers.map(({ blob }) => blob)])];
  const row = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digestOf(index), size: index.length, annotations: { 'io.containerd.image.name': name } };
  return makeTar([
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    ...blobs.map((content) => ({ name: `blobs/sha256/${hexOf(digestOf(content))}`, content })),
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests: [row] }) },
  ]);
}

/** An OCI image layout. */
export function ociArchive(images: { image: ImageFixture; name?: string }[]): Buffer {
  const blobs = new Map<string, Buffer>();
  for (const { image } of images) {
    for (const bytes of [image.config, image.manifest, ...image.layers.map(({ blob }) => blob)]) blobs.set(`blobs/sha256/${hexOf(digestOf(bytes))}`, bytes);
  }
  const manifests = images.map(({ image, name }) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: image.manifestDigest,
    size: image.manifest.length,
    ...(name === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } }),
  }));
  return makeTar([
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'blobs/' },
    { name: 'blobs/sha256/' },
    ...[...blobs].map(([name, content]) => ({ name, content })),
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests }) },
  ]);
}
