import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures/app.ts';
import { projectRoot } from '../launchers/app-process.ts';
import { launchElectronDouble, type ElectronDouble } from '../launchers/electron-double/launch.ts';

/**
 * The Electron shell's own code: how it locks its window. It runs against the stand-in for `electron` and needs no engine:
 * the window says that it cannot reach one.
 */
test.describe('the Electron shell', () => {
  test.describe.configure({ mode: 'serial' });

  let home: string | undefined;
  let app: ElectronDouble | undefined;

  test.beforeAll(async ({}, { project }) => {
    test.skip(project.name !== 'electron-double', 'asks the Electron shell’s own handlers');
    home = mkdtempSync(join(tmpdir(), 'slipway-isolation-'));
    app = await launchElectronDouble({ home, engineSocket: join(home, 'no-engine.sock') });
  });
  test.afterAll(async () => {
    await app?.close();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  const shell = (): ElectronDouble => {
    if (app === undefined) throw new Error('the shell was not launched');
    return app;
  };

  test('keeps Node and Electron out of the page', async () => {
    expect(shell().flags.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
    });
    expect(shell().flags.sandboxForAll).toBe(true);
    expect(shell().flags.singleInstanceLock).toBe(true);
    const seen = await shell().page.evaluate(() => {
      const globals = globalThis as unknown as Record<string, unknown>;
      return { bridge: Object.keys(globals['slipway'] as object).sort(), require: typeof globals['require'], process: typeof globals['process'], module: typeof globals['module'] };
    });
    expect(seen).toEqual({ bridge: ['listen', 'onConnection', 'send'], require: 'undefined', process: 'undefined', module: 'undefined' });
  });

  test('gives its scheme an origin, but no way round the CSP', () => {
    expect(shell().flags.schemes).toHaveLength(1);
    expect(shell().flags.schemes[0]?.privileges).toEqual({ standard: true, secure: true, supportFetchAPI: true });
  });

  test('serves the window under a strict policy and nothing beside it', async () => {
    const file = (url: string) => shell().ask({ about: 'file', url }) as Promise<{ status: number; headers: Record<string, string> }>;
    const page = await file('slipway-app://window/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    for (const url of ['slipway-app://window/../../package.json', 'slipway-app://window/%2e%2e/%2e%2e/package.json', 'slipway-app://window/..%2f..%2fpackage.json', 'slipway-app://window.evil/']) {
      expect(await file(url), url).toMatchObject({ status: 404 });
    }
  });

  test('runs no inline script', async () => {
    const ran = await shell().page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.ranInline = true">');
      await new Promise((resolve) => document.body.querySelector('img[src="x"]')?.addEventListener('error', resolve));
      return 'ranInline' in window;
    });
    expect(ran).toBe(false);
  });

  test('denies every permission but copying, and that only to its own page', async () => {
    const granted = (permission: string, pageUrl: string) => shell().ask({ about: 'permission', permission, pageUrl });
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem', 'hid', 'pointerLock', 'fullscreen']) {
      expect(await granted(permission, 'slipway-app://window/'), permission).toBe(false);
    }
    expect(await granted('clipboard-sanitized-write', 'slipway-app://window/')).toBe(true);
    expect(await granted('clipboard-sanitized-write', 'https://example.com/')).toBe(false);
  });

  test('stays on its page, and opens web addresses outside', async () => {
    for (const url of ['https://example.com/', 'file:///etc/passwd', 'slipway-app://window.evil/', 'data:text/html,x']) {
      expect(await shell().ask({ about: 'navigation', url, isMainFrame: true }), url).toBe(false);
    }
    expect(await shell().ask({ about: 'navigation', url: 'slipway-app://window/', isMainFrame: true })).toBe(true);
    expect(await shell().ask({ about: 'navigation', url: 'slipway-app://window/', isMainFrame: false })).toBe(false);

    for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'vscode://x', 'smb://host/share', 'about:blank']) {
      expect(await shell().ask({ about: 'window-open', url }), url).toBe('deny');
    }
    expect(shell().externalUrls).toEqual([]);
    await shell().page.evaluate(() => void window.open('https://example.com/a b'));
    await expect.poll(() => shell().externalUrls).toEqual(['https://example.com/a%20b']);
    expect(shell().page.context().pages()).toHaveLength(1);
  });

  test('hears the main frame of its own page and nobody else', async () => {
    const asked = (url: string, isMain: boolean) => shell().forge({ url, isMain }, 'slipway:to-main', { type: 'request', id: 1, channel: 'app/open-url', params: { url: `https://heard.example/${isMain}` } });
    asked('slipway-app://window/', false);
    asked('https://evil.example/', true);
    asked('slipway-app://window.evil/', true);
    asked('slipway-app://window/', true);
    await expect.poll(() => shell().externalUrls).toContain('https://heard.example/true');
    expect(shell().externalUrls.filter((url) => url.startsWith('https://heard.example'))).toEqual(['https://heard.example/true']);
  });

  test('is packaged with the fuses blown', () => {
    const builder = join(projectRoot, 'electron-builder.yml');
    expect(existsSync(builder)).toBe(true);
    const text = readFileSync(builder, 'utf8');
    for (const fuse of [
      'runAsNode: false',
      'enableCookieEncryption: true',
      'enableNodeOptionsEnvironmentVariable: false',
      'enableNodeCliInspectArguments: false',
      'enableEmbeddedAsarIntegrityValidation: true',
      'onlyLoadAppFromAsar: true',
      'grantFileProtocolExtraPrivileges: false',
    ]) {
      expect(text).toContain(fuse);
    }
  });
});
