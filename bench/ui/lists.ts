import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Api } from '../client/api.ts';
import { imageConfig } from '../material/docker-archive.ts';
import { countFrames, framesSoFar } from './frames.ts';
import type { Measure, UiRow } from './row.ts';
import { image } from './stage.ts';

const frameGoal = 50;

/** An archive with so many images, each with a name and a config of its own, over one small layer. */
function manyImages(folder: string, count: number): string {
  mkdirSync(join(folder, 'root'));
  writeFileSync(join(folder, 'root/file'), 'x');
  execFileSync('tar', ['-C', join(folder, 'root'), '-cf', join(folder, 'layer.tar'), '.']);
  const diffId = `sha256:${createHash('sha256').update(readFileSync(join(folder, 'layer.tar'))).digest('hex')}`;
  const names = Array.from({ length: count }, (_, index) => `c${index}.json`);
  for (const [index, name] of names.entries()) writeFileSync(join(folder, name), imageConfig({ Env: [`N=${index}`] }, [diffId]));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(names.map((Config, index) => ({ Config, RepoTags: [`team${index % 40}/service-${index}:1.${index % 7}`], Layers: ['layer.tar'] }))));
  writeFileSync(join(folder, 'names'), ['manifest.json', 'layer.tar', ...names].join('\n'));
  execFileSync('tar', ['-C', folder, '-cf', join(folder, 'many.tar'), '-T', join(folder, 'names')]);
  return join(folder, 'many.tar');
}

async function manyContainers(api: Api, count: number): Promise<void> {
  const queue = Array.from({ length: count }, (_, index) => index);
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
        const project = index % 12 === 0 ? {} : { 'com.docker.compose.project': `project-${index % 12}`, 'com.docker.compose.service': `service-${index}` };
        await api.ok('POST', `/containers/create?name=many-${index}`, { Image: image, Cmd: ['sleep', '1000'], Labels: project });
      }
    }),
  );
}

/** Milliseconds from an act in the page until the next frame, which shows the changed rows. Nothing of the driver's way counts. */
function untilDrawn(page: Page, act: { click?: string; type?: [string, string]; hash?: string }): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const rows = (): string => {
          const grid = document.querySelector('[role=grid], [role=treegrid]');
          return grid === null ? '' : `${grid.getAttribute('aria-label')} ${[...grid.querySelectorAll('[role=row][data-key]')].slice(0, 5).map((row) => row.textContent).join('|')}`;
        };
        const before = rows();
        const began = performance.now();
        const watch = new MutationObserver(() => {
          if (rows() === before) return;
          watch.disconnect();
          requestAnimationFrame(() => resolve(performance.now() - began));
        });
        watch.observe(document.body, { subtree: true, childList: true, characterData: true });
        setTimeout(() => resolve(Number.POSITIVE_INFINITY), 20_000);
        if (wanted.hash !== undefined) location.hash = wanted.hash;
        if (wanted.click !== undefined) document.querySelector<HTMLElement>(wanted.click)?.click();
        if (wanted.type !== undefined) {
          const field = document.querySelector<HTMLInputElement>(wanted.type[0])!;
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(field, wanted.type[1]);
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }
      }),
    act,
  );
}

/** Scrolls for a second as a wheel does, a step each frame. */
async function scroll(page: Page): Promise<number[]> {
  await countFrames(page);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const scroller = document.querySelector('[role=grid] .page__scroll, [role=treegrid] .page__scroll')!;
        const began = performance.now();
        const step = (): void => {
          scroller.scrollTop += 120;
          if (performance.now() - began < 1000) requestAnimationFrame(step);
          else resolve();
        };
        requestAnimationFrame(step);
      }),
  );
  return framesSoFar(page);
}

async function drive(page: Page, what: string, place: string, filter: string, others: string): Promise<Measure[]> {
  await page.evaluate((hash) => void (location.hash = hash), others);
  await page.waitForFunction((hash) => location.hash === hash && document.querySelector('.skeleton') === null, others);
  const open = await untilDrawn(page, { hash: place });
  const sort = await untilDrawn(page, { click: '[role=columnheader][aria-sort]:not([aria-sort=none]) button' });
  const typed = await untilDrawn(page, { type: ['input[type=search]', filter] });
  const cleared = await untilDrawn(page, { type: ['input[type=search]', ''] });
  const frames = await scroll(page);
  const measure = (name: string, value: number): Measure => ({ name: `${what}: ${name}`, value, unit: 'ms', goal: frameGoal });
  return [
    measure('open', open),
    measure('sort', sort),
    measure('filter', Math.max(typed, cleared)),
    { name: `${what}: frames a second while scrolling`, value: (1000 * frames.length) / frames.reduce((sum, each) => sum + each, 0), unit: 'fps', goal: 55, isLeast: true, note: `slowest frame ${Math.round(Math.max(...frames))} ms` },
  ];
}

/** A thousand containers in twelve projects and five thousand images: opened, sorted, filtered, scrolled. */
export const lists: UiRow = {
  name: 'long lists',
  async run({ page, docker, api }, quick) {
    const [containers, images] = quick ? [100, 500] : [1000, 5000];
    const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-lists-'));
    try {
      await docker.run(['load', '-q', '-i', manyImages(folder, images)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    await manyContainers(api, containers);
    const seen = async (place: string, count: number): Promise<void> => {
      await page.evaluate((hash) => void (location.hash = hash), place);
      await page.waitForFunction((least) => Number(document.querySelector('[role=grid], [role=treegrid]')?.getAttribute('aria-rowcount')) >= least, count, { timeout: 60_000 });
    };
    await seen('#/containers', containers);
    await seen('#/images', images);
    const measures = [
      ...(await drive(page, `${containers.toLocaleString('en-GB')} containers`, '#/containers', 'many-99', '#/settings')),
      ...(await drive(page, `${images.toLocaleString('en-GB')} images`, '#/images', 'team3/', '#/settings')),
    ];
    await Promise.all(Array.from({ length: containers }, (_, index) => api.ok('DELETE', `/containers/many-${index}?force=1`)));
    return measures;
  },
};
