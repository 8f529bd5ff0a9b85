import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../row.ts';
import { startDaemon } from './start-daemon.ts';
import { projectRoot } from './project.ts';

/** Node's options as the VM has them for the engine. Source: vm-assets/rootfs/usr/lib/slipway/engine. */
const engineOptions: readonly string[] = [];

/**
 * Our engine as users have it: the bundle, and the pinned Node. Of both a copy, since memory that other Nodes of this machine map as well
 * would count only in part.
 */
export async function startSlipway(directory: string, options: readonly string[] = engineOptions): Promise<Engine> {
  const program = join(directory, 'program');
  const bundle = join(projectRoot, 'dist/engine');
  if (!existsSync(join(bundle, 'engine.mjs'))) throw new Error('dist/engine is not there: npm run build -- engine');
  mkdirSync(program, { recursive: true });
  cpSync(bundle, program, { recursive: true });
  const addon = join(projectRoot, `node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`);
  if (!existsSync(join(program, 'koffi.node'))) copyFileSync(addon, join(program, 'koffi.node'));
  const node = join(program, 'node');
  copyFileSync(process.execPath, node);

  const socket = join(directory, 'docker.sock');
  const log = join(directory, 'log');
  const command = [node, ...options, join(program, 'engine.mjs'), '--root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '--socket', socket];
  const engine = await startDaemon({ name: 'slipway', command, socket, log });
  return { ...engine, ociConfig: (id) => readFileSync(join(directory, 'exec/bundles', id, 'config.json'), 'utf8') };
}
