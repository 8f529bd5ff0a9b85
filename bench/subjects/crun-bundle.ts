import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { removeContainer, runForever } from '../client/containers.ts';
import type { Bench } from '../row.ts';

interface OciConfig {
  root: { path: string };
  process: { args: string[] };
  annotations?: Record<string, string>;
  mounts: { type: string; source: string }[];
  linux: { cgroupsPath: string; namespaces: { type: string; path?: string }[] };
}

let count = 0;

/**
 * A bundle with the config that our engine writes for a container with a network of its own, for running it with bare crun: its root is a
 * plain folder, its network namespace a new one, and its seccomp profile is compiled by crun, as anybody's who runs crun.
 * @returns the bundle and an id for the container
 */
export async function makeCrunBundle(bench: Bench, args: string[]): Promise<{ bundle: string; id: string }> {
  const engine = bench.engines.get('slipway');
  if (engine?.ociConfig === undefined) throw new Error('the config for crun comes from a container of Slipway, which does not run here');
  const id = `bench-${process.pid}-${count++}`;
  const bundle = join(bench.directory, id);
  mkdirSync(bundle, { recursive: true });
  const container = await runForever(engine.api, { network: 'none' });
  const config = JSON.parse(engine.ociConfig(container)) as OciConfig;
  for (const mount of config.mounts) {
    if (mount.type !== 'bind') continue;
    const copy = join(bundle, basename(mount.source));
    copyFileSync(mount.source, copy);
    mount.source = copy;
  }
  await removeContainer(engine.api, container);
  delete config.annotations;
  config.root.path = bench.material.rootfs;
  config.process.args = args;
  config.linux.cgroupsPath = `/slipway-bench/${id}`;
  for (const namespace of config.linux.namespaces) if (namespace.type === 'network') delete namespace.path;
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  return { bundle, id };
}
