import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from './large-image.ts';
import { registryHost } from './names.ts';
import { serveRegistry } from './registry.ts';

// A program of its own, in a network of its own: starts the registry and pushes the image of `order.json`.
const directory = process.argv[2]!;
const order = JSON.parse(readFileSync(join(directory, 'order.json'), 'utf8')) as { layers: Layer[]; config: string };
const base = `http://${registryHost}/v2/bench/large`;

async function put(bytes: Uint8Array, digest: string): Promise<void> {
  const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const url = new URL(begun.headers.get('location') ?? '', base);
  url.searchParams.set('digest', digest);
  await expectCreated(await fetch(url, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer>, headers: { 'Content-Type': 'application/octet-stream' } }));
}

async function expectCreated(response: Response): Promise<void> {
  if (response.status !== 201) throw new Error(`the registry answers ${response.status}: ${await response.text()}`);
}

const registry = await serveRegistry(directory, (command) => [...command]);
try {
  for (const { file, digest } of order.layers) await put(readFileSync(file), digest);
  const config = Buffer.from(order.config);
  const configDigest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  await put(config, configDigest);
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: config.length, digest: configDigest },
    layers: order.layers.map(({ bytes, digest }) => ({ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: bytes, digest })),
  };
  await expectCreated(await fetch(`${base}/manifests/latest`, { method: 'PUT', body: JSON.stringify(manifest), headers: { 'Content-Type': mediaType } }));
} finally {
  await registry.stop();
}
