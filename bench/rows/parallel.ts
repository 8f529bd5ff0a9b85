import { createContainer, forever, removeContainer, startContainer, timed } from '../client/containers.ts';
import type { Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';

const count = 20;

export const parallel: Row = {
  name: 'parallel',
  lines: [
    { key: 'start', title: `${count} containers started in parallel, until all run`, unit: 'ms', goals: [againstDockerd(0.3)] },
    { key: 'remove', title: `${count} running containers removed in parallel`, unit: 'ms', goals: [againstDockerd(0.3)] },
  ],
  rounds: { full: 5, quick: 1 },
  warmUp: true,
  engines: everyEngine,
  open: ({ api }) =>
    Promise.resolve({
      async measure() {
        const ids: string[] = [];
        for (let index = 0; index < count; index++) ids.push(await createContainer(api, forever));
        const start = await timed(() => Promise.all(ids.map((id) => startContainer(api, id))));
        const remove = await timed(() => Promise.all(ids.map((id) => removeContainer(api, id))));
        return { start, remove };
      },
      close: () => Promise.resolve(),
    }),
};
