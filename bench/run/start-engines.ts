import { join } from 'node:path';
import type { BenchOptions } from '../command-line.ts';
import type { Engine, EngineName } from '../row.ts';
import { startDockerd } from '../subjects/dockerd.ts';
import { startPodman } from '../subjects/podman.ts';
import { startSlipway } from '../subjects/slipway.ts';
import { startVm } from '../subjects/vm.ts';

/**
 * Starts what is to be measured, ours always. A peer that cannot be started is said and left out.
 * @param started gets each engine as soon as it runs, so that all of them can be stopped whatever happens
 */
export async function startEngines(directory: string, options: BenchOptions, started: Map<EngineName, Engine>, say: (line: string) => void): Promise<void> {
  const ours = await (options.vm ? startVm(join(directory, 'vm')) : startSlipway(join(directory, 'slipway')));
  started.set('slipway', ours);
  say(`slipway ${ours.version}${options.vm ? ' in its virtual machine' : ''}`);
  if (options.vm) return;
  const peers = { dockerd: () => startDockerd(join(directory, 'dockerd')), podman: () => startPodman(join(directory, 'podman'), say) } as const;
  for (const [name, start] of Object.entries(peers) as [keyof typeof peers, () => Promise<Engine>][]) {
    if (options.without.includes(name)) continue;
    try {
      const engine = await start();
      started.set(name, engine);
      say(`${name} ${engine.version}`);
    } catch (error) {
      say(`${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
