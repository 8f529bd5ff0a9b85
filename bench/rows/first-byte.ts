import { once } from 'node:events';
import { createContainer, removeContainer, startContainer } from '../client/containers.ts';
import type { Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';

export const firstByte: Row = {
  name: 'first-byte',
  lines: [
    { key: 'first', title: 'start to first byte of output, attached before', unit: 'ms', goals: [againstDockerd(0.3)] },
    // podman makes the container's process when somebody attaches, so its start alone says little.
    { key: 'whole', title: '· with the attach before it', unit: 'ms', goals: [] },
  ],
  rounds: { full: 15, quick: 3 },
  warmUp: true,
  engines: everyEngine,
  open: ({ api }) =>
    Promise.resolve({
      async measure() {
        const id = await createContainer(api, ['echo', 'here I am']);
        const attaching = performance.now();
        const output = await api.hijack(`/containers/${id}/attach?stream=1&stdout=1&stderr=1`);
        const said = once(output, 'data');
        const start = performance.now();
        const started = startContainer(api, id);
        await said;
        const end = performance.now();
        await started;
        output.destroy();
        await removeContainer(api, id);
        return { first: end - start, whole: end - attaching };
      },
      close: () => Promise.resolve(),
    }),
};
