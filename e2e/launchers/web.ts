import { startWebShell } from './app-process.ts';
import { openBrowser } from './browser.ts';
import type { Launcher } from './launcher.ts';

/** The web shell in the system's Chromium: a real way to use Slipway, and the launcher that always runs. */
export const webLauncher: Launcher = {
  name: 'web',
  unavailable: () => undefined,
  async launch({ home, engineSocket, environment = {} }) {
    const args = ['--home', home, ...(engineSocket === undefined ? [] : ['--engine-socket', engineSocket])];
    const app = await startWebShell(args, environment);
    const browser = await openBrowser();
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    await page.goto(app.ready.url);
    return {
      page,
      dockerHost: app.ready.dockerHost,
      pid: app.pid,
      async close() {
        await browser.close();
        await app.stop();
      },
    };
  },
};
