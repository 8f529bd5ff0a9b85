import { setTimeout as delay } from 'node:timers/promises';
import { eachOf, removeContainer, runForever } from '../client/containers.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';
import { processorSeconds } from '../subjects/processes.ts';

const count = 20;

async function open(engine: Engine, { quick }: Bench): Promise<Measurement> {
  const { api } = engine;
  const ids: string[] = [];
  for (let index = 0; index < count; index++) ids.push(await runForever(api));
  const used = () => {
    const pids = engine.processes();
    if (pids === undefined) throw new Error('its processes cannot be seen from here');
    return processorSeconds(pids);
  };
  const span = quick ? 5_000 : 10_000;
  return {
    async measure() {
      let samples = 0;
      const streams = await Promise.all(ids.map((id) => api.stream('GET', `/containers/${id}/stats?stream=1`)));
      for (const stream of streams) stream.on('error', () => undefined).on('data', (chunk: Buffer) => (samples += chunk.toString().split('"preread"').length - 1));
      // Not the streams' beginning, which costs more.
      await delay(2_000);
      samples = 0;
      const before = used();
      const start = performance.now();
      await delay(span);
      const seconds = (performance.now() - start) / 1000;
      const cpu = ((used() - before) / seconds) * 100;
      for (const stream of streams) stream.destroy();
      return { cpu, samples: samples / seconds / count };
    },
    close: () => eachOf(ids, 4, (id) => removeContainer(api, id)),
  };
}

export const stats: Row = {
  name: 'stats',
  lines: [
    { key: 'cpu', title: `stats streams of ${count} containers: CPU used by the engine, of one core`, unit: '%', goals: [againstDockerd(0.3)] },
    { key: 'samples', title: '· samples a second and container', unit: '1/s', goals: [] },
  ],
  rounds: { full: 3, quick: 1 },
  warmUp: false,
  engines: everyEngine,
  open,
};
