import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/app.ts';
import { startWebShell, type AppProcess } from '../launchers/app-process.ts';
import { openBrowser } from '../launchers/browser.ts';

/**
 * A page that a container serves on another local port, in the same browser in which Slipway's window is open: it shares the host name,
 * and with it all cookies, but must neither read from Slipway nor act in it. No engine is needed: what must not happen is told by the server.
 */
test.describe('a page on another local port', () => {
  test.describe.configure({ mode: 'serial' });

  let home: string | undefined;
  let app: AppProcess | undefined;
  let browser: Awaited<ReturnType<typeof openBrowser>> | undefined;
  let foreign: Server | undefined;
  let page: Page;
  let origin: string;

  test.beforeAll(async ({}, { project }) => {
    test.skip(project.name !== 'web', 'only the web shell listens on a port');
    home = mkdtempSync(join(tmpdir(), 'slipway-foreign-page-'));
    app = await startWebShell(['--home', home, '--engine-socket', join(home, 'no-engine.sock')], {});
    origin = new URL(app.ready.url).origin;
    browser = await openBrowser();
    // The person's own window is open and has its session: whatever the browser would lend to a stranger is there.
    const own = browser.context.pages()[0] ?? (await browser.context.newPage());
    const greeted = own.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'));
    await own.goto(app.ready.url);
    await greeted;
    foreign = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>container</title>'));
    await new Promise<void>((resolve) => foreign?.listen(0, '127.0.0.1', resolve));
    page = await browser.context.newPage();
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
  });
  test.afterAll(async () => {
    await browser?.close();
    foreign?.close();
    await app?.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  test('reads nothing by fetch, with or without CORS', async () => {
    const outcomes = await page.evaluate(async (target) => {
      const tries: [string, RequestInit][] = [
        ['/', {}],
        ['/', { credentials: 'include' }],
        ['/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"token":"x"}' }],
        ['/session', { method: 'POST', body: '{"token":"x"}' }],
      ];
      const readable = await Promise.all(tries.map(([path, init]) => fetch(target + path, init).then((response) => `read ${response.status}`, () => 'blocked')));
      const opaque = await fetch(target, { mode: 'no-cors' }).then((response) => response.type, () => 'blocked');
      return { readable, opaque };
    }, origin);
    expect(outcomes.readable).toEqual(['blocked', 'blocked', 'blocked', 'blocked']);
    // Cross-Origin-Resource-Policy keeps even the unreadable answer out.
    expect(outcomes.opaque).toBe('blocked');
  });

  test('opens no socket', async () => {
    const code = await page.evaluate(
      (target) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`${target.replace('http', 'ws')}/ipc`);
          socket.addEventListener('open', () => resolve('open'));
          socket.addEventListener('close', (event) => resolve(event.code));
        }),
      origin,
    );
    expect(code).toBe(1006);
  });

  test('cannot load the window as its script or into its frame', async () => {
    const outcome = await page.evaluate(async (target) => {
      const script = document.createElement('script');
      script.src = `${target}/first-paint.js`;
      const loaded = new Promise((resolve) => {
        script.addEventListener('load', () => resolve('loaded'));
        script.addEventListener('error', () => resolve('refused'));
      });
      document.head.append(script);
      const frame = document.createElement('iframe');
      frame.src = `${target}/`;
      const framed = new Promise((resolve) => frame.addEventListener('load', resolve));
      document.body.append(frame);
      await framed;
      let inside: string;
      try {
        inside = frame.contentDocument?.title ?? 'closed';
      } catch {
        inside = 'closed';
      }
      return { script: await loaded, inside };
    }, origin);
    expect(outcome).toEqual({ script: 'refused', inside: 'closed' });
  });

  test('gets no hold of the window that it opens', async () => {
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate((target) => void ((globalThis as unknown as { opened: unknown }).opened = window.open(`${target}/`)), origin)]);
    await popup.waitForLoadState();
    const held = await page.evaluate(() => (globalThis as unknown as { opened: Window | null }).opened?.closed);
    expect(held).toBe(true);
    expect(await popup.evaluate(() => window.opener === null)).toBe(true);
    await popup.close();
  });

  test('finds no cookie and no storage of the window', async () => {
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate(() => ({ local: localStorage.length, session: sessionStorage.length, cookie: document.cookie }))).toEqual({ local: 0, session: 0, cookie: '' });
  });
});
