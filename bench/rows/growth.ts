import { createContainer, eachOf, removeContainer, startContainer, timed, waitForContainer } from '../client/containers.ts';
import type { Bench, Engine, Goal, Line, Measurement, Row } from '../row.ts';
import { median } from '../report/median.ts';

const sizes = [10, 100, 1_000, 5_000];
const quickSizes = [10, 100];
/** Filling a store takes an emulated processor minutes. */
const mostInVm = 1_000;
const repeats = 15;

const works = [
  { key: 'inspect', title: 'inspect by name' },
  { key: 'start', title: 'start of a further one' },
  { key: 'list', title: 'list, per container listed' },
] as const;

/** One store that grows; the figures at each size are medians of their own, because filling it takes longer than measuring. */
function open({ api }: Engine, { quick, vm }: Bench): Promise<Measurement> {
  const ids: string[] = [];
  return Promise.resolve({
    async measure() {
      const values: Record<string, number> = {};
      for (const size of quick ? quickSizes : vm ? sizes.filter((each) => each <= mostInVm) : sizes) {
        const missing = Array.from({ length: size - ids.length }, (_, index) => ids.length + index);
        await eachOf(missing, 8, async (number) => void ids.push(await createContainer(api, ['true'], { name: `growth-${number}` })));
        const samples = { inspect: [] as number[], start: [] as number[], list: [] as number[] };
        for (let turn = 0; turn < repeats; turn++) {
          samples.inspect.push(await timed(() => api.ok('GET', `/containers/growth-${(turn * 7919) % size}/json`)));
          const id = await createContainer(api, ['true']);
          samples.start.push(await timed(() => startContainer(api, id)));
          await waitForContainer(api, id);
          await removeContainer(api, id);
          samples.list.push((await timed(() => api.ok('GET', '/containers/json?all=1'))) / size);
        }
        for (const { key } of works) values[`${key}-${size}`] = median(samples[key]);
      }
      return values;
    },
    close: () => eachOf(ids, 8, (id) => removeContainer(api, id)),
  });
}

function linesOf(work: (typeof works)[number]): Line[] {
  return sizes.map((size) => {
    const goals: Goal[] = size <= 10 ? [] : [{ kind: 'flat', line: `${work.key}-10`, atMost: 1.5 }];
    return { key: `${work.key}-${size}`, title: `${work.title}, with ${size.toLocaleString('en')} containers`, unit: 'ms', goals };
  });
}

export const growth: Row = {
  name: 'growth',
  lines: works.flatMap(linesOf),
  rounds: { full: 1, quick: 1 },
  warmUp: false,
  engines: ['slipway'],
  open,
};
