// Pictures of every screen of the built window, from scripted states: node renderer/testing/screens.mjs [--skip-build] [name …]
// The page runs under the strict content security policy; a violation, an error on the console, or a finding of axe fails the run.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import { shots } from './shots.mjs';

const here = import.meta.dirname;
const out = join(here, '../../e2e/artifacts/screens');
const wanted = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const scratch = await mkdtemp(join(tmpdir(), 'slipway-screens-'));
try {
  const page = join(scratch, 'page');
  await build({ configFile: join(here, '../vite.config.ts'), logLevel: 'warn', build: { outDir: page } });
  const bundle = await rolldown({ input: join(here, 'install.ts') });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  await mkdir(out, { recursive: true });
  process.exitCode = (await takeAll(page, output[0].code)) ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function takeAll(directory, bridge) {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    readFile(join(directory, path === '/' ? 'index.html' : path)).then(
      (body) => response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/html', 'content-security-policy': policy }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  let isGood = true;
  try {
    for (const shot of shots) {
      if (wanted.length > 0 && !wanted.some((name) => shot.name.startsWith(name))) continue;
      for (const theme of shot.themes ?? ['dark', 'light']) {
        const troubles = await take(browser, origin, bridge, shot, theme);
        console.log(`${troubles.length === 0 ? 'ok    ' : 'FAILED'} ${shot.name}-${theme}`);
        for (const trouble of troubles) console.log(`       ${trouble}`);
        isGood &&= troubles.length === 0;
      }
    }
  } finally {
    await browser.close();
    server.close();
  }
  return isGood;
}

async function take(browser, origin, bridge, shot, theme) {
  const troubles = [];
  const context = await browser.newContext({
    viewport: shot.viewport ?? { width: 1440, height: 900 },
    deviceScaleFactor: shot.scale ?? 1,
    colorScheme: theme,
    locale: shot.locale ?? 'en-US',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    permissions: ['clipboard-write', 'clipboard-read'],
  });
  try {
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('dialog', (dialog) => {
      troubles.push(`a script of a stranger ran: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.addInitScript({ content: `window.slipwayScene = ${JSON.stringify(shot.scene)};\n${bridge}` });
    await page.goto(`${origin}/${shot.hash ?? '#/containers'}`);
    await page.evaluate(() => document.fonts.ready);
    await shot.act?.(page);
    await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined))));
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, nodes } of violations) troubles.push(`axe ${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary?.split('\n')[1]?.trim()})`).slice(0, 3).join('; ')}`);
    troubles.push(...(await page.evaluate(layoutTroubles)));
    await page.screenshot({ path: join(out, `${shot.name}-${theme}.png`) });
  } catch (error) {
    troubles.push(String(error).split('\n').slice(0, 4).join(' '));
  } finally {
    await context.close();
  }
  return troubles;
}

/** What a picture shows at a glance and no role tells: cells that do not stand under their heads, and text that runs out of its row. */
function layoutTroubles() {
  const troubles = [];
  for (const grid of document.querySelectorAll('[role=treegrid], [role=grid]')) {
    const heads = [...grid.querySelectorAll('[role=columnheader]')].filter((head) => head.checkVisibility()).map((head) => Math.round(head.getBoundingClientRect().left));
    for (const row of grid.querySelectorAll('[role=row][data-key]')) {
      const box = row.getBoundingClientRect();
      for (const cell of row.querySelectorAll('[role=gridcell]')) {
        if (!cell.checkVisibility() || row.hasAttribute('aria-expanded')) continue;
        const { left, top, bottom, width } = cell.getBoundingClientRect();
        const isOverlay = getComputedStyle(cell).position === 'absolute';
        if (width > 1 && !isOverlay && heads.length > 3 && !heads.some((head) => Math.abs(head - left) <= 20)) troubles.push(`a cell of ${row.dataset.key} stands at ${Math.round(left)}, under no head`);
        if (top < box.top - 1 || bottom > box.bottom + 1) troubles.push(`a cell of ${row.dataset.key} runs out of its row`);
      }
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) troubles.push(`the page is ${document.documentElement.scrollWidth - innerWidth} px too wide`);
  return troubles.slice(0, 4);
}
