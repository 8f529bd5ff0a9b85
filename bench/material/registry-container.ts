import { execFileSync } from 'node:child_process';
import { copyFileSync, createReadStream, existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeContainer, startContainer } from '../client/containers.ts';
import type { Engine } from '../row.ts';
import { writeArchive } from './docker-archive.ts';
import { large, registryHost } from './names.ts';

const binary = '/usr/bin/docker-registry';
const image = 'localhost/bench-registry:latest';
const patience = 60_000;

/**
 * The registry with all that it serves as an image, and a container of that on the network of the engine's own host.
 * @param directory where the registry's files lie, under `store`
 */
export async function serveInContainer(directory: string, { api }: Engine): Promise<{ stop(): Promise<void> }> {
  await api.ok('POST', '/images/load?quiet=1', createReadStream(await archiveOf(directory)));
  const { Id } = await api.json<{ Id: string }>('POST', '/containers/create', { Image: image, HostConfig: { NetworkMode: 'host' } });
  const stop = async () => {
    await removeContainer(api, Id);
    await api.request('DELETE', `/images/${image}?force=1`);
  };
  try {
    await startContainer(api, Id);
    const deadline = performance.now() + patience;
    for (;;) {
      const { status, body } = await api.request('GET', `/distribution/${large}/json`);
      if (status === 200) return { stop };
      if (performance.now() > deadline) throw new Error(`the registry in the container does not answer: ${body.toString().trim()}`);
      await delay(200);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

async function archiveOf(directory: string): Promise<string> {
  const archive = join(directory, 'registry-image.tar');
  if (existsSync(archive)) return archive;
  const rootfs = join(directory, 'registry-rootfs');
  rmSync(rootfs, { recursive: true, force: true });
  for (const file of [binary, ...librariesOf(binary)]) {
    mkdirSync(join(rootfs, dirname(file)), { recursive: true });
    copyFileSync(realpathSync(file), join(rootfs, file));
  }
  writeFileSync(join(rootfs, 'registry.yml'), `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: /store}}\nhttp: {addr: "${registryHost}"}\n`);
  // By hard links: it is as large as the image that it serves.
  execFileSync('cp', ['-al', join(directory, 'store'), join(rootfs, 'store')]);
  await writeArchive(directory, rootfs, `${archive}.new`, image, { Env: ['PATH=/usr/bin', 'OTEL_TRACES_EXPORTER=none'], Cmd: [binary, 'serve', '/registry.yml'] });
  rmSync(rootfs, { recursive: true });
  renameSync(`${archive}.new`, archive);
  return archive;
}

/** Of a program that is linked with some, its loader among them. */
function librariesOf(program: string): string[] {
  return execFileSync('ldd', [program], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
