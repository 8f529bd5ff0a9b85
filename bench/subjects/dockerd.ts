import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../row.ts';
import { answers } from './answers.ts';
import { end } from './end.ts';
import { stopEngine } from './stop-engine.ts';
import { inNetworkOf, sharedMounts, spawnApart } from './namespaces.ts';
import { processesBeside } from './processes.ts';

const binary = '/usr/sbin/dockerd';

/** Debian's dockerd with the containerd that it starts itself. */
export async function startDockerd(directory: string): Promise<Engine> {
  if (!existsSync(binary)) throw new Error('dockerd is not installed: apt-get install docker.io');
  mkdirSync(directory, { recursive: true });
  const socket = join(directory, 'docker.sock');
  const log = join(directory, 'log');
  const logFile = openSync(log, 'a');
  const folders = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '--pidfile', join(directory, 'pid')];
  const child = spawnApart([binary, ...folders, '-H', `unix://${socket}`, '--insecure-registry', '127.0.0.0/8'], { stdio: ['ignore', logFile, logFile] }, [sharedMounts]);
  closeSync(logFile);
  const pid = child.pid ?? 0;
  try {
    const { api, version } = await answers(child, socket, log);
    return {
      name: 'dockerd',
      version,
      socket,
      api,
      processes: () => processesBeside(pid),
      inNetwork: (words) => inNetworkOf(pid, words),
      stop: () => stopEngine(child, api),
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}
