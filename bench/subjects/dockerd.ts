import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../row.ts';
import { sharedMounts } from './namespaces.ts';
import { startDaemon } from './start-daemon.ts';

const binary = '/usr/sbin/dockerd';

/** Debian's dockerd with the containerd that it starts itself. */
export async function startDockerd(directory: string): Promise<Engine> {
  if (!existsSync(binary)) throw new Error('dockerd is not installed: apt-get install docker.io');
  mkdirSync(directory, { recursive: true });
  const socket = join(directory, 'docker.sock');
  const log = join(directory, 'log');
  const folders = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '--pidfile', join(directory, 'pid')];
  const command = [binary, ...folders, '-H', `unix://${socket}`, '--insecure-registry', '127.0.0.0/8'];
  return startDaemon({ name: 'dockerd', command, socket, log, wrappers: [sharedMounts] });
}
