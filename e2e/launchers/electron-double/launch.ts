import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page, Route } from '@playwright/test';
import { projectRoot } from '../app-process.ts';
import { openBrowser } from '../browser.ts';
import type { LaunchedApp, LaunchOptions, Launcher } from '../launcher.ts';
import { bindingName, decodeMessage, encodeMessage, pageScript, preloadScript, preloadWorld, receiverName } from './page-worlds.ts';
import { startShell } from './shell-process.ts';
import type { FileAnswer, Question, ShellFacts, ToLauncher } from './wire.ts';

/** Plain Chromium does not know the shell's scheme: its address is spelled as an https one, which no request leaves the machine for. */
const pageOrigin = 'https://window.slipway-app.invalid';
const scheme = 'slipway-app://window';
const toPageUrl = (url: string) => url.replace(scheme, pageOrigin);
const toShellUrl = (url: string) => url.replace(pageOrigin, scheme);

export interface ElectronDouble extends LaunchedApp {
  flags: ShellFacts & { webPreferences: Record<string, unknown> };
  /** Addresses that went to `shell.openExternal`. */
  externalUrls: string[];
  /** Of the system, as they were shown. */
  notifications: { title: string; body: string }[];
  /** Whether the window is on the screen. */
  isVisible(): boolean;
  /** The person presses the window's close button. */
  pressClose(): void;
  output: string[];
  /** Resolves with the exit code once the shell has ended, by whatever way. */
  exited: Promise<number | null>;
  /** What the shell's handlers say; Electron would ask them. */
  ask(question: Question): Promise<unknown>;
  /** A message as if another frame, or the main frame after it went elsewhere, had sent it. */
  forge(frame: { url: string; isMain: boolean }, channel: string, ...args: unknown[]): void;
}

/**
 * Runs the Electron shell's own main bundle against a stand-in for the `electron` module, and its preload in an isolated
 * world of a page in the system's Chromium. It executes the shell's code and shows its isolation flags; it says nothing of Electron itself.
 */
export async function launchElectronDouble({ home, engineSocket, environment = {} }: LaunchOptions): Promise<ElectronDouble> {
  const browser = await openBrowser();
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  const externalUrls: string[] = [];
  const notifications: ElectronDouble['notifications'] = [];
  let isVisible = true;
  const loaded = Promise.withResolvers<ElectronDouble['flags']>();
  let flags: ElectronDouble['flags'] | undefined;
  let world: PreloadWorld | undefined;
  // One after the other: a page must not load before its preload is in place.
  let turn = Promise.resolve();
  const inTurn = (step: () => Promise<unknown>) => {
    turn = turn.then(step).then(() => undefined);
    turn.catch(loaded.reject);
  };

  const onMessage = (message: ToLauncher) => {
    switch (message.type) {
      case 'window': {
        const webPreferences = message.options['webPreferences'] as Record<string, unknown>;
        flags = { ...message.facts, webPreferences };
        inTurn(async () => {
          world = await PreloadWorld.open(page, String(webPreferences['preload']), (url, channel, args) =>
            shell.tell({ type: 'ipc', channel, args, frame: { url: toShellUrl(url), isMain: true } }),
          );
        });
        return;
      }
      case 'load':
        inTurn(async () => {
          await page.goto(toPageUrl(message.url));
          if (flags !== undefined) loaded.resolve(flags);
        });
        return;
      case 'send':
        world?.receive(message.channel, message.args);
        return;
      case 'open-external':
        externalUrls.push(message.url);
        return;
      case 'visible':
        ({ isVisible } = message);
        return;
      case 'notification':
        notifications.push({ title: message.title, body: message.body });
        return;
      case 'answer':
        return;
    }
  };
  const shell = startShell(['--home', home, ...(engineSocket === undefined ? [] : ['--engine-socket', engineSocket])], environment, onMessage);
  void shell.exited.then((code) => loaded.reject(new Error(`the shell ended with ${code} before its window was loaded:\n${shell.output.join('\n')}`)));

  // Electron asks before it opens a window; here the window is there already, so its request is what is asked about.
  await browser.context.route('**/*', async (route: Route) => {
    await shell.ask({ about: 'window-open', url: toShellUrl(route.request().url()) });
    await route.abort('aborted');
  });
  browser.context.on('page', (popup) => void popup.close());
  await page.route('**/*', async (route: Route) => {
    const request = route.request();
    const url = request.url();
    const frame = request.frame();
    const isMainFrame = frame === page.mainFrame();
    const isFirst = isMainFrame && page.url() === 'about:blank';
    if (request.isNavigationRequest() && !isFirst && !(await shell.ask({ about: 'navigation', url: toShellUrl(url), isMainFrame }))) return route.abort('aborted');
    if (!url.startsWith(`${pageOrigin}/`)) return route.abort('blockedbyclient');
    const { status, headers, body } = (await shell.ask({ about: 'file', url: toShellUrl(url) })) as FileAnswer;
    return route.fulfill({ status, headers, body: Buffer.from(body) });
  });

  try {
    return {
      flags: await loaded.promise,
      page,
      dockerHost: `unix://${join(home, 'run/docker.sock')}`,
      pid: shell.pid,
      externalUrls,
      notifications,
      isVisible: () => isVisible,
      pressClose: () => shell.tell({ type: 'close' }),
      output: shell.output,
      exited: shell.exited,
      ask: (question) => shell.ask(question),
      forge: (frame, channel, ...args) => shell.tell({ type: 'ipc', channel, args, frame }),
      async close() {
        shell.tell({ type: 'close' });
        await shell.exited;
        await browser.close();
      },
    };
  } catch (error) {
    shell.tell({ type: 'close' });
    await shell.exited;
    await browser.close();
    throw error;
  }
}

/** The preload's world in the page, and the binding that leads out of it. */
class PreloadWorld {
  readonly #cdp: CDPSession;
  #contextId: number | undefined;

  private constructor(cdp: CDPSession) {
    this.#cdp = cdp;
  }

  static async open(page: Page, preloadFile: string, onSend: (url: string, channel: string, args: unknown[]) => void): Promise<PreloadWorld> {
    const cdp = await page.context().newCDPSession(page);
    const world = new PreloadWorld(cdp);
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === preloadWorld) world.#contextId = context.id;
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (world.#contextId === executionContextId) world.#contextId = undefined;
    });
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name !== bindingName || executionContextId !== world.#contextId) return;
      const { channel, args } = decodeMessage(payload) as { channel: string; args: unknown[] };
      onSend(page.url(), channel, args);
    });
    await cdp.send('Page.enable');
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: bindingName, executionContextName: preloadWorld });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: preloadScript(readFileSync(preloadFile, 'utf8')), worldName: preloadWorld });
    return world;
  }

  /** A page that is just loading again hears nothing, as in Electron. */
  receive(channel: string, args: unknown[]): void {
    const contextId = this.#contextId;
    if (contextId === undefined) return;
    const expression = `${receiverName}(${JSON.stringify(encodeMessage({ channel, args }))})`;
    this.#cdp.send('Runtime.evaluate', { expression, contextId }).catch(() => undefined);
  }
}

export const electronDoubleLauncher: Launcher = {
  name: 'electron-double',
  unavailable: () => (existsSync(join(projectRoot, 'dist/electron/main.cjs')) ? undefined : 'dist/electron is not built: npm run build'),
  launch: launchElectronDouble,
};
