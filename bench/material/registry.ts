import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../row.ts';
import { end } from '../subjects/end.ts';
import { spawnApart } from '../subjects/namespaces.ts';
import { imageConfig } from './docker-archive.ts';
import { makeLargeLayers } from './large-image.ts';
import { serveInContainer } from './registry-container.ts';
import { registryHost } from './names.ts';

const binary = '/usr/bin/docker-registry';

/** A registry that serves the large image, in whichever network namespace it is started. */
export interface RegistryMaterial {
  /** Digests of the image's layers. */
  layers: string[];
  /** @param enter makes of a command line one that runs in a network namespace */
  serve(enter: Enter): Promise<{ stop(): Promise<void> }>;
  /** As a container of the engine, for one in a virtual machine: nothing of this machine can be reached from there. */
  serveInside(engine: Engine): Promise<{ stop(): Promise<void> }>;
}

export type Enter = (command: readonly string[]) => string[];

/** Makes and pushes the image once; what is made stays in `directory` for the next time. */
export async function openRegistry(directory: string): Promise<RegistryMaterial> {
  if (!existsSync(binary)) throw new Error('docker-registry is not installed: apt-get install docker-registry');
  mkdirSync(directory, { recursive: true });
  const done = join(directory, 'layers.json');
  if (!existsSync(done)) {
    const layers = await makeLargeLayers(join(directory, 'blobs'));
    writeFileSync(join(directory, 'order.json'), JSON.stringify({ layers, config: imageConfig({ Env: ['PATH=/usr/bin'], Cmd: ['true'] }, layers.map(({ diffId }) => diffId)) }));
    // In a network of its own: port 5000 of the machine may be somebody else's.
    const pusher = spawnApart([process.execPath, join(import.meta.dirname, 'push-program.ts'), directory], { stdio: ['ignore', 'inherit', 'inherit'] });
    const [code] = (await once(pusher, 'exit')) as [number | null];
    if (code !== 0) throw new Error('the large image could not be pushed into the registry');
    writeFileSync(`${done}.new`, JSON.stringify(layers.map(({ digest }) => digest)));
    renameSync(`${done}.new`, done);
  }
  return { layers: JSON.parse(readFileSync(done, 'utf8')) as string[], serve: (enter) => serveRegistry(directory, enter), serveInside: (engine) => serveInContainer(directory, engine) };
}

/** Starts it and waits until it answers. */
export async function serveRegistry(directory: string, enter: Enter): Promise<{ stop(): Promise<void> }> {
  const config = join(directory, 'registry.yml');
  writeFileSync(config, `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${directory}/store}}\nhttp: {addr: "${registryHost}"}\n`);
  const [program, ...args] = enter([binary, 'serve', config]);
  const registry = spawn(program!, args, { stdio: 'ignore', env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' } });
  const [asker, ...question] = enter(['curl', '--silent', '--fail', '--output', '/dev/null', `http://${registryHost}/v2/`]);
  for (;;) {
    const [code] = (await once(spawn(asker!, question, { stdio: 'ignore' }), 'exit')) as [number | null];
    if (code === 0) return { stop: () => end(registry) };
    if (registry.exitCode !== null) throw new Error('docker-registry ended before it answered');
    await delay(50);
  }
}
