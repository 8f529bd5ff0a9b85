import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../../e2e/launchers/app-process.ts';
import type { UiRow } from './row.ts';

/** What the browser fetches before the list can be used: the scripts of the page and those that they import, without what is loaded later. */
export const firstScreen: UiRow = {
  name: 'first screen',
  async run({ page }) {
    await page.evaluate(() => void (location.hash = '#/containers'));
    await page.reload();
    await page.getByRole('navigation', { name: 'Navigation' }).waitFor();
    const folder = join(projectRoot, 'dist/renderer');
    const scripts = [...readFileSync(join(folder, 'index.html'), 'utf8').matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map(([, path]) => path!);
    const kilobytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0) / 1024;
    const { interactive, parts } = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      const began = navigation?.startTime ?? 0;
      const now = performance.now() - began;
      const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
      const after = (name: string, at: number | undefined): string => `${name} ${Math.round((at ?? 0) - began)}`;
      // Where the time goes: each as milliseconds after the navigation began.
      const stations = [
        after('document', navigation?.responseEnd),
        after('last script', Math.max(0, ...files.filter(({ name }) => /\.js$/.test(name)).map(({ responseEnd }) => responseEnd).filter((end) => end < now))),
        after('scripts run', navigation?.domContentLoadedEventEnd),
        after('first paint', performance.getEntriesByType('paint').find(({ name }) => name === 'first-contentful-paint')?.startTime),
      ];
      return { interactive: now, parts: stations.join(', ') };
    });
    return [
      { name: 'page load to the navigation', value: interactive, unit: 'ms', goal: 800, note: parts },
      { name: 'JavaScript of the page and what it preloads, gzipped', value: kilobytes, unit: 'KB', goal: 350, note: `${scripts.length} files` },
    ];
  },
};
