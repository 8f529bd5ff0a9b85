import { removeContainer, runForever, timed } from '../client/containers.ts';
import type { Engine, Measurement, Row } from '../row.ts';
import { everyEngine } from '../row.ts';

const network = 'bench-second';

async function open({ api }: Engine): Promise<Measurement> {
  await api.ok('POST', '/networks/create', { Name: network, Driver: 'bridge', CheckDuplicate: true });
  const id = await runForever(api);
  return {
    async measure() {
      const connect = await timed(() => api.ok('POST', `/networks/${network}/connect`, { Container: id }));
      const disconnect = await timed(() => api.ok('POST', `/networks/${network}/disconnect`, { Container: id }));
      return { connect, disconnect };
    },
    async close() {
      await removeContainer(api, id);
      await api.ok('DELETE', `/networks/${network}`);
    },
  };
}

export const networkConnect: Row = {
  name: 'network-connect',
  lines: [
    { key: 'connect', title: 'connect a running container to a further network', unit: 'ms', goals: [] },
    { key: 'disconnect', title: 'disconnect it', unit: 'ms', goals: [] },
  ],
  rounds: { full: 15, quick: 3 },
  warmUp: true,
  engines: everyEngine,
  open,
};
