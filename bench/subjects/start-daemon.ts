import { closeSync, openSync } from 'node:fs';
import type { Engine } from '../row.ts';
import { answers } from './answers.ts';
import { end } from './end.ts';
import { inNetworkOf, spawnApart } from './namespaces.ts';
import { processesBeside } from './processes.ts';
import { stopEngine } from './stop-engine.ts';

export interface Daemon {
  name: Engine['name'];
  command: string[];
  socket: string;
  /** File that gets what it writes. */
  log: string;
  /** Programs around it; see {@link spawnApart}. */
  wrappers?: Parameters<typeof spawnApart>[2];
  env?: NodeJS.ProcessEnv;
}

/** Starts a program that serves the Docker API, apart from the machine's mounts and network, and waits until it answers. */
export async function startDaemon({ name, command, socket, log, wrappers, env }: Daemon): Promise<Engine> {
  const logFile = openSync(log, 'a');
  const child = spawnApart(command, { stdio: ['ignore', logFile, logFile], ...(env === undefined ? {} : { env }) }, wrappers);
  closeSync(logFile);
  const pid = child.pid ?? 0;
  try {
    const { api, version } = await answers(child, socket, log);
    return {
      name,
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
