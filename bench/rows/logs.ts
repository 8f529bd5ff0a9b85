import type { Readable } from 'node:stream';
import { createContainer, removeContainer, startContainer, timed, waitForContainer } from '../client/containers.ts';
import { digestOfOutput } from '../client/output-digest.ts';
import { lines } from '../material/names.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';

const command = ['cat', '/lines'];

async function open(engine: Engine, { material }: Bench): Promise<Measurement> {
  const { api } = engine;
  const expected = await material.loadLines(engine);
  const lost: string[] = [];
  const check = async (what: string, stream: Readable) => {
    const found = await digestOfOutput(stream);
    stream.destroy();
    if (found.sha256 === expected.sha256) return;
    lost.push(what);
    throw new Error(`${what}: ${found.bytes} of ${expected.bytes} bytes came, and they are not what the container said`);
  };
  const inTurn = async (what: string, work: () => Promise<Readable>): Promise<number | undefined> => {
    if (lost.includes(what)) return undefined;
    return timed(async () => check(what, await work()));
  };
  return {
    async measure() {
      const id = await createContainer(api, command, { image: lines, network: 'none' });
      const output = await api.hijack(`/containers/${id}/attach?stream=1&stdout=1`);
      const attach = await inTurn('attach', async () => {
        await startContainer(api, id);
        return output;
      });
      await waitForContainer(api, id);
      const replay = await inTurn('replay', () => api.stream('GET', `/containers/${id}/logs?stdout=1`));
      await removeContainer(api, id);
      const followed = await createContainer(api, command, { image: lines, network: 'none' });
      const follow = await inTurn('follow', async () => {
        await startContainer(api, followed);
        return api.stream('GET', `/containers/${followed}/logs?stdout=1&follow=1`);
      });
      await removeContainer(api, followed);
      return Object.fromEntries(Object.entries({ attach, replay, follow }).filter((entry): entry is [string, number] => entry[1] !== undefined));
    },
    close: async () => void (await api.request('DELETE', `/images/${lines}?force=1`)),
  };
}

export const logs: Row = {
  name: 'logs',
  lines: [
    { key: 'attach', title: '98 MB of lines: attached live, checked', unit: 'ms', goals: [againstDockerd(0.5)] },
    { key: 'replay', title: '98 MB of lines: replayed, checked', unit: 'ms', goals: [againstDockerd(0.5)] },
    { key: 'follow', title: '98 MB of lines: followed from the start, checked', unit: 'ms', goals: [againstDockerd(0.5)] },
  ],
  rounds: { full: 5, quick: 1 },
  warmUp: false,
  engines: everyEngine,
  open,
};
