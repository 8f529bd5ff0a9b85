import { createContainer, removeContainer, startContainer, timed, waitForContainer } from '../client/containers.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, againstFloor, everyEngine } from '../row.ts';
import { makeCrunBundle } from '../subjects/crun-bundle.ts';

function open(engine: Engine, network: 'bridge' | 'none'): Promise<Measurement> {
  const { api } = engine;
  return Promise.resolve({
    async measure() {
      const stages: number[] = [];
      let id = '';
      stages.push(await timed(async () => (id = await createContainer(api, ['true'], { network }))));
      stages.push(await timed(() => startContainer(api, id)));
      stages.push(await timed(() => waitForContainer(api, id)));
      stages.push(await timed(() => removeContainer(api, id)));
      const [create = 0, start = 0, wait = 0, remove = 0] = stages;
      return { whole: create + start + wait + remove, create, start, wait, remove };
    },
    close: () => Promise.resolve(),
  });
}

export async function openCrunRun(bench: Bench): Promise<Measurement> {
  const { bundle, id } = await makeCrunBundle(bench, ['true']);
  return {
    measure: async () => ({ whole: await bench.crun!.time('run', '--bundle', bundle, id) }),
    close: () => Promise.resolve(),
  };
}

function row(network: 'bridge' | 'none', goal: number): Row {
  return {
    name: `run-${network}`,
    lines: [
      { key: 'whole', title: `create + start + wait + remove of true, network ${network}`, unit: 'ms', goals: [againstDockerd(goal), againstFloor(2)] },
      ...(['create', 'start', 'wait', 'remove'] as const).map((stage) => ({ key: stage, title: `· of which ${stage}`, unit: 'ms' as const, goals: [] })),
    ],
    rounds: { full: 25, quick: 5 },
    warmUp: true,
    engines: everyEngine,
    open: (engine) => open(engine, network),
    floor: { title: 'crun run of the same config', open: openCrunRun },
  };
}

export const runOnBridge = row('bridge', 0.2);
export const runWithoutNetwork = row('none', 0.25);
