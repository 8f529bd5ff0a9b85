import { setTimeout as delay } from 'node:timers/promises';
import { eachOf, removeContainer, runForever } from '../client/containers.ts';
import type { Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';
import { memoryOf } from '../subjects/processes.ts';

/** Long enough for what is done some time after the last request (idle garbage collection), the same for every engine. */
const settling = 10_000;
const further = 20;

function processesOf(engine: Engine): number[] {
  const pids = engine.processes();
  if (pids === undefined) throw new Error('its processes cannot be seen from here');
  return pids;
}

export const idleMemory: Row = {
  name: 'memory',
  lines: [{ key: 'idle', title: 'idle memory after the other rows, engine with its helpers (PSS)', unit: 'MB', goals: [againstDockerd(0.8)] }],
  rounds: { full: 3, quick: 1 },
  warmUp: false,
  engines: everyEngine,
  open: (engine) =>
    Promise.resolve({
      async measure() {
        await delay(settling);
        return { idle: memoryOf(processesOf(engine)) };
      },
      close: () => Promise.resolve(),
    }),
};

export const containerMemory: Row = {
  name: 'memory-per-container',
  lines: [{ key: 'one', title: `memory that one further running container costs (PSS, of ${further})`, unit: 'MB', goals: [{ kind: 'limit', atMost: 0.5 }] }],
  rounds: { full: 3, quick: 1 },
  warmUp: false,
  engines: everyEngine,
  async open(engine): Promise<Measurement> {
    const { api } = engine;
    // The first ones bring what all of them share.
    const first = [await runForever(api), await runForever(api)];
    return {
      async measure() {
        await delay(settling);
        const before = memoryOf(processesOf(engine));
        const ids: string[] = [];
        for (let count = 0; count < further; count++) ids.push(await runForever(api));
        await delay(settling);
        const after = memoryOf(processesOf(engine));
        await eachOf(ids, 4, (id) => removeContainer(api, id));
        return { one: (after - before) / further };
      },
      close: () => eachOf(first, 2, (id) => removeContainer(api, id)),
    };
  },
};
