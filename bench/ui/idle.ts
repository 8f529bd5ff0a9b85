import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { UiRow } from './row.ts';
import { image } from './stage.ts';

const ticksPerSecond = 100;

/** Seconds of processor time of a process and its threads, from proc(5). */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** A window that is open on the list while fifty containers run and nothing happens. */
export const idle: UiRow = {
  name: 'idle',
  async run({ page, api, pid }, quick) {
    const names = Array.from({ length: 50 }, (_, index) => `idle-${index}`);
    for (const name of names) {
      await api.ok('POST', `/containers/create?name=${name}`, { Image: image, Cmd: ['sleep', '10000'], HostConfig: { NetworkMode: 'none' } });
      await api.ok('POST', `/containers/${name}/start`);
    }
    await page.evaluate(() => void (location.hash = '#/containers'));
    await page.getByRole('link', { name: 'idle-49', exact: true }).waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const rendererTime = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'ProcessTime')?.value ?? Number.NaN;
    };
    // What comes with the page itself is over by then, and how long each runs is told by the minute, no longer by the second.
    await wait(65_000);
    const seconds = quick ? 5 : 20;
    const [renderer, app] = [await rendererTime(), processorTime(pid)];
    await wait(seconds * 1000);
    const [rendererUsed, appUsed] = [(await rendererTime()) - renderer, processorTime(pid) - app];
    await session.detach();
    await Promise.all(names.map((name) => api.ok('DELETE', `/containers/${name}?force=1`)));
    return [
      {
        name: 'idle window on the list, 50 running containers',
        value: (100 * (rendererUsed + appUsed)) / seconds,
        unit: '% of a core',
        goal: 3,
        note: `page ${((100 * rendererUsed) / seconds).toFixed(1)}, app ${((100 * appUsed) / seconds).toFixed(1)}`,
      },
    ];
  },
};
