import { once } from 'node:events';
import { createContainer, removeContainer, startContainer } from '../client/containers.ts';
import type { Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';

export const firstByte: Row = {
  name: 'first-byte',
  lines: [{ key: 'first', title: 'start to first byte of output, attached before', unit: 'ms', goals: [againstDockerd(0.3)] }],
  rounds: { full: 15, quick: 3 },
  warmUp: true,
  engines: everyEngine,
  open: ({ api }) =>
    Promise.resolve({
      async measure() {
        const id = await createContainer(api, ['echo', 'here I am']);
        const output = await api.hijack(`/containers/${id}/attach?stream=1&stdout=1&stderr=1`);
        const said = once(output, 'data');
        const start = performance.now();
        const started = startContainer(api, id);
        await said;
        const first = performance.now() - start;
        await started;
        output.destroy();
        await removeContainer(api, id);
        return { first };
      },
      close: () => Promise.resolve(),
    }),
};
