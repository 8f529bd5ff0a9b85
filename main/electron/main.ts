import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeImage, Notification, protocol, session, shell, Tray } from 'electron';
import { startApp, type App } from '../app.ts';
import { hostArch, parseCommandLine } from '../command-line.ts';
import { Failure, messageOf } from '../failure.ts';
import { registerWindowScheme, serveWindowFiles } from './app-protocol.ts';
import { windowUrl } from './app-address.ts';
import { cliArguments, runPackagedCli } from './cli.ts';
import { guardNavigation, guardPermissions } from './guards.ts';
import { notifier } from './notifier.ts';
import { saveWithDialog } from './save-file.ts';
import { showTray } from './tray.ts';
import { windowOptions } from './window-options.ts';
import { connectWindow } from './window-transport.ts';

/**
 * The Electron shell: `electron . [--home DIR] [--engine-socket PATH] [--image DIR]`. One instance for each home; closing the window stops the
 * VM, which the window shows, and then the app ends. With the setting `closeToTray` closing only hides it, and the tray has the way out.
 */
const command = cliArguments(process.argv);
const commandLine = parseCommandLine(command === undefined ? process.argv.slice(1) : [], process.env, true);
const root = app.getAppPath();
const log = (line: string) => process.stderr.write(`${line}\n`);
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

if (command !== undefined) void runPackagedCli(command);
else startWindow();

function startWindow(): void {
  // Electron's lock is a file in this folder, so that it is one instance for each home.
  app.setPath('userData', join(commandLine.home, 'electron'));
  app.enableSandbox();
  registerWindowScheme(protocol);

  if (app.requestSingleInstanceLock()) {
    app.whenReady().then(run).catch(fail);
  } else {
    // The first instance shows its window; see `second-instance` below.
    app.quit();
  }
}

async function run(): Promise<void> {
  guardPermissions(session.defaultSession);
  guardNavigation(app, (url) => void shell.openExternal(url));
  serveWindowFiles(protocol, join(root, 'dist', 'renderer'));
  const notify = notifier({ Notification, show: () => show() });
  const slipway = await startApp({
    ...commandLine,
    imageDirectory: commandLine.imageDirectory ?? (app.isPackaged ? join(process.resourcesPath, 'vm', hostArch()) : join(root, 'vm-assets', 'out', hostArch())),
    version: app.getVersion(),
    shell: 'electron',
    log,
    openUrl: (url) => shell.openExternal(url),
    notify,
    files: saveWithDialog(dialog, () => window),
    pickFolder: async () => (await dialog.showOpenDialog(window, { properties: ['openDirectory'] })).filePaths[0],
    control: {
      openWindow: () => {
        show();
        return Promise.resolve({});
      },
      quit: () => app.quit(),
    },
  });
  const window: BrowserWindow = new BrowserWindow(windowOptions({ preload: join(root, 'dist', 'electron', 'preload.cjs'), isPackaged: app.isPackaged }));
  connectWindow(ipcMain, window, (transport) => slipway.serve(transport));
  const tray = showTray({
    ...{ Tray, Menu, nativeImage, slipway, notify },
    systemLanguage: app.getLocale(),
    show(place) {
      show();
      if (place !== undefined) slipway.showPlace(place);
    },
    browse: (url) => void shell.openExternal(url),
    quit: () => app.quit(),
  });
  endWithWindow(slipway, window, tray);
  function show(): void {
    if (window.isMinimized()) window.restore();
    if (!window.isVisible()) window.show();
    window.focus();
  }
  app.on('second-instance', show);
  app.on('activate', show);
  await window.loadURL(windowUrl);
}

/** Whatever asks the app to end, the VM is stopped first, while the window is still there to show it. */
function endWithWindow(slipway: App, window: BrowserWindow, tray: { close(): void }): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  const stop = () => {
    if (state !== 'running') return;
    state = 'stopping';
    slipway
      .close()
      .catch((error: unknown) => log(`slipway: ${messageOf(error)}`))
      .finally(() => {
        state = 'stopped';
        tray.close();
        app.quit();
      });
  };
  window.on('close', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'running' && slipway.settings.current.closeToTray === true) window.hide();
    else stop();
  });
  app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    stop();
  });
  app.on('window-all-closed', () => app.quit());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

function fail(error: unknown): void {
  const hint = error instanceof Failure && error.hint !== undefined ? error.hint : '';
  log(`slipway: ${messageOf(error)}${hint === '' ? '' : `\n${hint}`}`);
  dialog.showErrorBox(messageOf(error), hint);
  app.exit(1);
}
