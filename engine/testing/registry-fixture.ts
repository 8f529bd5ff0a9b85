import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '../content/digest.ts';
import { digestOf } from '../content/digest.ts';
import type { ImageFixture } from './image-fixture.ts';

/** A real registry (Debian's docker-registry) on a loopback port, for tests. */
export interface RegistryFixture extends AsyncDisposable {
  /** `127.0.0.1:port` */
  host: string;
  pushImage(repository: string, tag: string, image: ImageFixture): Promise<void>;
  pushBlob(repository: string, blob: Buffer): Promise<Digest>;
  /** Answers the digest. */
  pushManifest(repository: string, tagOrDigest: string, manifest: Buffer, mediaType: string): Promise<Digest>;
}

/** A registry that lets in joe, whose password is secret, and nobody else. */
export async function startGuardedRegistry(): Promise<RegistryFixture> {
  const directory = mkdtempSync(join(tmpdir(), 'htpasswd-'));
  // By Python, since nothing of Node makes bcrypt.
  const hash = execFileSync('python3', ['-W', 'ignore', '-c', 'import crypt; print(crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))'], { encoding: 'utf8' }).trim();
  writeFileSync(join(directory, 'htpasswd'), `joe:${hash.replace('$2b$', '$2y$')}\n`);
  const registry = await startRegistry(`auth: {htpasswd: {realm: test, path: ${directory}/htpasswd}}\n`);
  return {
    ...registry,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

/** @param extraConfig further lines of `config.yml` */
export async function startRegistry(extraConfig = ''): Promise<RegistryFixture> {
  const directory = mkdtempSync(join(tmpdir(), 'registry-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  writeFileSync(
    join(directory, 'config.yml'),
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${directory}/data}, delete: {enabled: true}}\nhttp: {addr: "${host}"}\n${extraConfig}`,
  );
  const child = spawn('docker-registry', ['serve', join(directory, 'config.yml')], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const failed = new Promise<never>((_, reject) => child.on('error', reject));
  await Promise.race([answers(`http://${host}/v2/`), failed, exited.then(() => Promise.reject(new Error('docker-registry ended')))]);

  const fixture: RegistryFixture = {
    host,
    async pushBlob(repository, blob) {
      const digest = digestOf(blob);
      const started = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
      const url = new URL(started.headers.get('location') ?? '', `http://${host}`);
      url.searchParams.set('digest', digest);
      await expectOk(await fetch(url, { method: 'PUT', body: new Uint8Array(blob), headers: { 'Content-Type': 'application/octet-stream' } }));
      return digest;
    },
    async pushManifest(repository, tagOrDigest, manifest, mediaType) {
      const url = `http://${host}/v2/${repository}/manifests/${tagOrDigest}`;
      await expectOk(await fetch(url, { method: 'PUT', body: new Uint8Array(manifest), headers: { 'Content-Type': mediaType } }));
      return digestOf(manifest);
    },
    async pushImage(repository, tag, image) {
      for (const blob of [image.config, ...image.layers.map((layer) => layer.blob)]) await fixture.pushBlob(repository, blob);
      await fixture.pushManifest(repository, tag, image.manifest, 'application/vnd.oci.image.manifest.v1+json');
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return fixture;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves once the server answers anything at all; gives up after ten seconds. */
async function answers(url: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}

async function expectOk(response: Response): Promise<void> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
}
