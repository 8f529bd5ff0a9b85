import { setTimeout as wait } from 'node:timers/promises';
import { countFrames, framesSoFar, longFrame } from './frames.ts';
import type { UiRow } from './row.ts';
import { image } from './stage.ts';

const perSecond = 200;
const containers = 100;

/** Containers that pause and resume, two hundred times a second, beside a list that shows them. */
export const changes: UiRow = {
  name: 'state changes',
  async run({ page, api }, quick) {
    const seconds = quick ? 2 : 10;
    const names = Array.from({ length: containers }, (_, index) => `blink-${index}`);
    for (const name of names) {
      await api.ok('POST', `/containers/create?name=${name}`, { Image: image, Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'none' } });
      await api.ok('POST', `/containers/${name}/start`);
    }
    await page.evaluate(() => void (location.hash = '#/containers'));
    await page.getByRole('link', { name: 'blink-99', exact: true }).waitFor();
    await countFrames(page);
    const began = performance.now();
    const paused = new Set<string>();
    const under: Promise<unknown>[] = [];
    let done = 0;
    for (; done < seconds * perSecond; done++) {
      const name = names[done % containers]!;
      const verb = paused.delete(name) ? 'unpause' : (paused.add(name), 'pause');
      under.push(api.ok('POST', `/containers/${name}/${verb}`));
      // The clock's rate, whatever the engine takes for each; one container is asked once at a time.
      const due = began + ((done + 1) * 1000) / perSecond;
      if (under.length >= containers) await under[under.length - containers];
      if (due > performance.now()) await wait(due - performance.now());
    }
    await Promise.all(under);
    const rate = done / ((performance.now() - began) / 1000);
    const last = performance.now();
    // Correct at the end: what the list says of each is what the engine says.
    await page.waitForFunction(
      (wanted) => {
        const words = [...document.querySelectorAll('[role=row][data-key]')].filter((row) => /blink-/.test(row.textContent ?? ''));
        return words.length === wanted.all && words.filter((row) => /Paused/.test(row.textContent ?? '')).length === wanted.paused;
      },
      { all: containers, paused: paused.size },
      { timeout: 20_000 },
    );
    const settled = performance.now() - last;
    const frames = await framesSoFar(page);
    await Promise.all(names.map((name) => api.ok('DELETE', `/containers/${name}?force=1`)));
    return [
      { name: `${Math.round(rate)} state changes a second: frames over ${longFrame} ms`, value: frames.filter((each) => each > longFrame).length, unit: `of ${frames.length}`, goal: 0, note: `slowest ${Math.round(Math.max(...frames))} ms` },
      { name: 'the list is right after the last', value: settled, unit: 'ms', goal: 500, note: 'no goal of the issue' },
    ];
  },
};
