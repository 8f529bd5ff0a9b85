import { createContainer, eachOf, forever, removeContainer, startContainer, timed } from '../client/containers.ts';
import { busybox } from '../material/names.ts';
import type { Api } from '../client/api.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';

const width = 4;

async function openContainers({ api }: Engine, { quick }: Bench): Promise<Measurement> {
  const [all, running] = quick ? [100, 10] : [500, 50];
  const ids: string[] = [];
  await eachOf(Array.from({ length: all }, (_, index) => index), width, async (index) => {
    const id = await createContainer(api, forever);
    ids.push(id);
    if (index < running) await startContainer(api, id);
  });
  return {
    measure: async () => ({ containers: await timed(() => listed(api, '/containers/json?all=1', all)) }),
    close: () => eachOf(ids, width, (id) => removeContainer(api, id)),
  };
}

async function openTags({ api }: Engine, { quick }: Bench): Promise<Measurement> {
  const tags = Array.from({ length: quick ? 100 : 500 }, (_, index) => `tag-${index}`);
  const repository = busybox.replace(/:[^:/]*$/, '');
  await eachOf(tags, width, async (tag) => void (await api.ok('POST', `/images/${busybox}/tag?repo=${repository}-tagged&tag=${tag}`)));
  return {
    measure: async () => ({ tags: await timed(() => listed(api, '/images/json', 1)) }),
    close: () => eachOf(tags, width, async (tag) => void (await api.ok('DELETE', `/images/${repository}-tagged:${tag}`))),
  };
}

async function listed(api: Api, path: string, atLeast: number): Promise<void> {
  const rows = await api.json<unknown[]>('GET', path);
  if (rows.length < atLeast) throw new Error(`${path} lists ${rows.length} and not ${atLeast}`);
}

export const listContainers: Row = {
  name: 'list-containers',
  lines: [{ key: 'containers', title: 'list 500 containers, of which 50 run (quick: 100, 10)', unit: 'ms', goals: [againstDockerd(0.1)] }],
  rounds: { full: 25, quick: 5 },
  warmUp: true,
  engines: everyEngine,
  open: openContainers,
};

export const listTags: Row = {
  name: 'list-tags',
  lines: [{ key: 'tags', title: 'list an image with 500 tags (quick: 100)', unit: 'ms', goals: [againstDockerd(0.1)] }],
  rounds: { full: 25, quick: 5 },
  warmUp: true,
  engines: everyEngine,
  open: openTags,
};
