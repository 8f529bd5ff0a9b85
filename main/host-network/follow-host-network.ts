import { readFile, stat } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { Settings } from '../../contract/ipc.ts';
import { messageOf } from '../failure.ts';
import { callEngine } from '../vm/channel/engine-call.ts';
import { hostNetwork } from './host-network.ts';
import { readSystemProxies, type SystemProxies } from './system-proxies.ts';

const lookMs = 10_000;
/** The system's own settings are asked for by starting a program. */
const looksPerProgram = 3;
const deadlineMs = 30_000;
const resolverFile = '/etc/resolv.conf';

export interface HostNetworkFollower {
  /** The settings as they are, or have become. */
  changed(settings: Settings): void;
  /** An engine answers, perhaps a new one that was told nothing yet. */
  connected(): void;
  close(): void;
}

/**
 * Keeps the engine in the VM up to date with this computer's network: at once, when the settings change, and when one of the files changes that it
 * comes from, or what the system has in its own settings. DNS servers need no telling: QEMU asks those that this computer asks, and reads them anew when they change.
 */
export function followHostNetwork(options: { open(): Promise<Duplex>; log(line: string): void; environment?: NodeJS.ProcessEnv; resolvConf?: string; lookMs?: number; systemProxies?(): Promise<SystemProxies | undefined> }): HostNetworkFollower {
  const { open, log, environment = process.env, resolvConf = resolverFile, systemProxies = () => readSystemProxies(process.platform) } = options;
  let settings: Settings | undefined;
  let isConnected = false;
  let told: string | undefined;
  let complained = '';
  let seen = '';
  let system: SystemProxies | undefined;
  let looks = 0;
  let last: Promise<unknown> = Promise.resolve();

  const tell = (): void => {
    last = last.then(async () => {
      if (!isConnected || settings === undefined) return;
      const { network, troubles } = await hostNetwork({ settings, environment, system, resolvConf: await readFile(resolvConf, 'utf8').catch(() => undefined), readFile: (path) => readFile(path, 'utf8') });
      if (troubles.join() !== complained) troubles.forEach((trouble) => log(`network: ${trouble}`));
      complained = troubles.join();
      const text = JSON.stringify(network);
      if (text === told) return;
      const { status, body } = await callEngine(open, 'PUT', '/slipway/host-network', AbortSignal.timeout(deadlineMs), text);
      if (status === 204) told = text;
      else log(`network: the engine does not take this computer's network over: it answered ${status} ${body.trim()}`);
    });
    last = last.catch((error: unknown) => log(`network: the engine could not be told of this computer's network: ${messageOf(error)}`));
  };
  const askSystem = async (): Promise<void> => {
    try {
      system = await systemProxies();
    } catch (error) {
      // What it said before holds while it says nothing.
      system ??= { Http: '', Https: '', No: '', troubles: [`this computer's proxies could not be read: ${messageOf(error)}`] };
    }
  };
  const look = async (): Promise<void> => {
    if (looks++ % looksPerProgram === 0) await askSystem();
    const files = await Promise.all([resolvConf, ...(settings?.certificates ?? [])].map((path) => stat(path).then(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`, () => 'none')));
    const now = [...files, JSON.stringify(system)].join();
    // Told again as long as it was not taken over.
    if (now !== seen || told === undefined) tell();
    seen = now;
  };
  const timer = setInterval(() => void look(), options.lookMs ?? lookMs);
  timer.unref();
  return {
    changed(next) {
      settings = next;
      tell();
    },
    connected() {
      isConnected = true;
      told = undefined;
      looks = 0;
      void look();
    },
    close: () => clearInterval(timer),
  };
}
