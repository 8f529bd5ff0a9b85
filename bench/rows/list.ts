import { createContainer, eachOf, forever, removeContainer, startContainer } from '../client/containers.ts';
import { busybox } from '../material/names.ts';
import { PlainGet } from '../client/plain-get.ts';
import type { Bench, Engine, Measurement, Row } from '../row.ts';
import { againstDockerd, everyEngine } from '../row.ts';
import { startBareServer } from '../subjects/bare-server.ts';

const width = 4;

const paths = { containers: '/containers/json?all=1', tags: '/images/json' } as const;

/** An answer of our engine, which has what the row made by then, from a server that does nothing. */
function floorOf(key: keyof typeof paths): NonNullable<Row['floor']> {
  return {
    title: 'the same bytes from a bare node:http server on a unix socket',
    async open({ engines, directory }) {
      const { socket, stop } = await startBareServer(directory, await engines.get('slipway')!.api.ok('GET', paths[key]));
      return { measure: async () => ({ [key]: await timeOfList(socket, paths[key], (rows) => rows.length > 0) }), close: stop };
    },
  };
}

async function openContainers({ api, socket }: Engine, { quick }: Bench): Promise<Measurement> {
  const [all, running] = quick ? [100, 10] : [500, 50];
  const ids: string[] = [];
  await eachOf(Array.from({ length: all }, (_, index) => index), width, async (index) => {
    const id = await createContainer(api, forever);
    ids.push(id);
    if (index < running) await startContainer(api, id);
  });
  return {
    measure: async () => ({ containers: await timeOfList(socket, paths.containers, (rows) => rows.length === all) }),
    close: () => eachOf(ids, width, (id) => removeContainer(api, id)),
  };
}

async function openTags({ api, socket }: Engine, { quick }: Bench): Promise<Measurement> {
  const tags = Array.from({ length: quick ? 100 : 500 }, (_, index) => `tag-${index}`);
  const repository = busybox.replace(/:[^:/]*$/, '');
  await eachOf(tags, width, async (tag) => void (await api.ok('POST', `/images/${busybox}/tag?repo=${repository}-tagged&tag=${tag}`)));
  return {
    measure: async () => ({ tags: await timeOfList(socket, paths.tags, (rows) => rows.some(({ RepoTags }) => (RepoTags?.length ?? 0) > tags.length)) }),
    close: () => eachOf(tags, 1, async (tag) => void (await api.ok('DELETE', `/images/${repository}-tagged:${tag}`))),
  };
}

/** Until the last byte has come, over a connection that has been used; what a client makes of the bytes does not count. */
async function timeOfList(socket: string, path: string, isRight: (rows: { RepoTags?: string[] }[]) => boolean): Promise<number> {
  const client = await PlainGet.open(socket);
  try {
    await client.get('/version');
    const { milliseconds, body } = await client.get(path);
    if (!isRight(JSON.parse(body.toString()) as { RepoTags?: string[] }[])) throw new Error(`${path} does not list what is there`);
    return milliseconds;
  } finally {
    client.close();
  }
}

export const listContainers: Row = {
  name: 'list-containers',
  lines: [{ key: 'containers', title: 'list 500 containers, of which 50 run (quick: 100, 10)', unit: 'ms', goals: [againstDockerd(0.1)] }],
  rounds: { full: 25, quick: 5 },
  warmUp: true,
  engines: everyEngine,
  open: openContainers,
  floor: floorOf('containers'),
};

export const listTags: Row = {
  name: 'list-tags',
  lines: [{ key: 'tags', title: 'list an image with 500 tags (quick: 100)', unit: 'ms', goals: [againstDockerd(0.1)] }],
  rounds: { full: 25, quick: 5 },
  warmUp: true,
  engines: everyEngine,
  open: openTags,
  floor: floorOf('tags'),
};
