import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { projectRoot } from '../../e2e/launchers/app-process.ts';
import type { UiRow } from './row.ts';
import { image } from './stage.ts';

const containers = 20;

interface Load {
  /** Milliseconds after the navigation began. */
  list: number;
  /** Where the time goes. */
  stations: string;
}

/** Loads the page anew; when the list's first row is there, by the page's own clock. */
async function load(page: Page): Promise<Load> {
  await page.reload();
  await page.waitForFunction(() => 'benchListAt' in window);
  return page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const list = (window as unknown as { benchListAt: number }).benchListAt;
    const scripts = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(({ name, responseEnd }) => /\.js$/.test(name) && responseEnd < list);
    const stations = {
      document: navigation?.responseEnd,
      'last script': Math.max(0, ...scripts.map(({ responseEnd }) => responseEnd)),
      'scripts run': navigation?.domContentLoadedEventEnd,
      'first paint': performance.getEntriesByType('paint').find(({ name }) => name === 'first-contentful-paint')?.startTime,
    };
    return { list, stations: Object.entries(stations).map(([name, at]) => `${name} ${Math.round(at ?? 0)}`).join(', ') };
  });
}

/** How long a person waits for the list, and what the browser fetches for it: the scripts of the page and those that they import, without what is loaded later. */
export const firstScreen: UiRow = {
  name: 'first screen',
  async run({ page, api }, quick) {
    const names = Array.from({ length: containers }, (_, index) => `first-${index}`);
    for (const name of names) await api.ok('POST', `/containers/create?name=${name}`, { Image: image, Cmd: ['sleep', '1000'] });
    await page.evaluate(() => void (location.hash = '#/containers'));
    await page.addInitScript(() => {
      const look = (): void => {
        if (document.querySelector('[role=treegrid] [role=row][data-key], [role=grid] [role=row][data-key]') === null) requestAnimationFrame(look);
        else Object.assign(window, { benchListAt: performance.now() });
      };
      requestAnimationFrame(look);
    });
    const loads: Load[] = [];
    for (let round = 0; round < (quick ? 1 : 5); round++) loads.push(await load(page));
    loads.sort((a, b) => a.list - b.list);
    const median = loads[Math.floor(loads.length / 2)]!;
    await Promise.all(names.map((name) => api.ok('DELETE', `/containers/${name}`)));

    const folder = join(projectRoot, 'dist/renderer');
    const scripts = [...readFileSync(join(folder, 'index.html'), 'utf8').matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map(([, path]) => path!);
    const kilobytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0) / 1024;
    return [
      { name: 'page load to the first row of the list', value: median.list, unit: 'ms', goal: 800, note: `median of ${loads.length}, ${Math.round(loads[0]!.list)} to ${Math.round(loads.at(-1)!.list)}; ${median.stations}` },
      { name: 'JavaScript of the page and what it preloads, gzipped', value: kilobytes, unit: 'KB', goal: 350, note: `${scripts.length} files` },
    ];
  },
};
