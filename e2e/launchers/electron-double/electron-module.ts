import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileAnswer, Question, ShellFacts, ToLauncher, ToShell, TrayLabels } from './wire.ts';

/**
 * The stand-in for the module `electron` in the main process: as much of it as the shell uses, with Electron's semantics where the
 * shell leans on them (preventable events, permissions granted unless a handler says no). Anything else is undefined and fails loudly.
 * The page itself lives in a Chromium that the launcher drives. This is a double: it proves the shell's own code, not Electron's.
 */
const tell = (message: ToLauncher) => process.send?.(message);
const root = process.env['SLIPWAY_DOUBLE_ROOT'] ?? process.cwd();

class PreventableEvent {
  defaultPrevented = false;
  readonly url: string;
  readonly isMainFrame: boolean;

  constructor(url = '', isMainFrame = true) {
    this.url = url;
    this.isMainFrame = isMainFrame;
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

class StandInApp extends EventEmitter {
  readonly isPackaged = false;
  readonly facts: ShellFacts = { sandboxForAll: false, singleInstanceLock: false, userData: '', schemes: [] };
  isReady = false;

  enableSandbox(): void {
    if (this.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.facts.sandboxForAll = true;
  }

  setPath(name: string, path: string): void {
    if (name === 'userData') this.facts.userData = path;
  }

  getLocale(): string {
    return 'en-GB';
  }

  getAppPath(): string {
    return root;
  }

  getVersion(): string {
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  }

  requestSingleInstanceLock(): boolean {
    this.facts.singleInstanceLock = true;
    return true;
  }

  async whenReady(): Promise<void> {
    await Promise.resolve();
    this.isReady = true;
  }

  /** Electron's order: `before-quit`, the windows' `close`, `will-quit`, `quit`; each of the first three may be prevented. */
  quit(): void {
    const before = new PreventableEvent();
    this.emit('before-quit', before);
    if (before.defaultPrevented || windows.some((window) => !window.askToClose())) return;
    this.exit(0);
  }

  exit(code: number): void {
    this.emit('quit');
    process.exit(code);
  }
}

class StandInWebContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  openHandler: (details: { url: string }) => { action: 'allow' | 'deny' } = () => ({ action: 'allow' });

  send(channel: string, ...args: unknown[]): void {
    tell({ type: 'send', channel, args });
  }

  setWindowOpenHandler(handler: StandInWebContents['openHandler']): void {
    this.openHandler = handler;
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  isDestroyed(): boolean {
    return false;
  }

  reload(): void {
    tell({ type: 'load', url: this.mainFrame.url });
  }
}

const windows: StandInWindow[] = [];

class StandInWindow extends EventEmitter {
  readonly webContents = new StandInWebContents();
  #isVisible = true;

  constructor(options: Record<string, unknown>) {
    super();
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
    tell({ type: 'window', options, facts: app.facts });
  }

  loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    tell({ type: 'load', url });
    return Promise.resolve();
  }

  /** False when a listener keeps the window open. */
  askToClose(): boolean {
    const event = new PreventableEvent();
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    windows.splice(windows.indexOf(this), 1);
    this.emit('closed');
    if (windows.length === 0) app.emit('window-all-closed');
    return true;
  }

  isMinimized(): boolean {
    return false;
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  show(): void {
    this.#isVisible = true;
    tell({ type: 'visible', isVisible: true });
  }

  hide(): void {
    this.#isVisible = false;
    tell({ type: 'visible', isVisible: false });
  }

  focus(): void {}
}

interface MenuOptions {
  label?: string;
  type?: string;
  enabled?: boolean;
  click?: () => void;
  submenu?: MenuOptions[];
}

class StandInMenu {
  readonly items: MenuOptions[];

  constructor(items: MenuOptions[]) {
    this.items = items;
  }

  static buildFromTemplate(items: MenuOptions[]): StandInMenu {
    return new StandInMenu(items);
  }
}

/** The last one that was made and not destroyed is on the screen. */
const trays = new Set<StandInTray>();
const shownTray = (): StandInTray | undefined => [...trays].at(-1);

class StandInTray extends EventEmitter {
  menu = new StandInMenu([]);

  constructor(image: { bytes: number }) {
    super();
    if (image.bytes === 0) throw new Error('Failed to load image');
    trays.add(this);
  }

  setToolTip(): void {}

  setContextMenu(menu: StandInMenu): void {
    this.menu = menu;
  }

  destroy(): void {
    trays.delete(this);
  }

  /** The labels of the menu and of what opens from it; `—` is a line, and what only tells stands in brackets. */
  labels(items = this.menu.items): TrayLabels {
    return items.map(({ label = '', type, enabled, submenu }) => (type === 'separator' ? '—' : submenu !== undefined ? { [label]: this.labels(submenu) } : enabled === false ? `(${label})` : label));
  }

  /** False when there is no such item. */
  choose(path: readonly string[]): boolean {
    let items: MenuOptions[] = this.menu.items;
    let chosen: MenuOptions | undefined;
    for (const label of path) {
      chosen = items.find((item) => item.label === label);
      items = chosen?.submenu ?? [];
    }
    if (chosen?.click === undefined || chosen.enabled === false) return false;
    chosen.click();
    return true;
  }
}

class StandInNotification extends EventEmitter {
  readonly #options: { title: string; body: string };

  constructor(options: { title: string; body: string }) {
    super();
    this.#options = options;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    notifications.push(this);
    tell({ type: 'notification', ...this.#options });
  }
}
const notifications: StandInNotification[] = [];

type PermissionRequestHandler = (contents: StandInWebContents, permission: string, answer: (granted: boolean) => void) => void;
type PermissionCheckHandler = (contents: StandInWebContents | null, permission: string) => boolean;

class StandInSession {
  request: PermissionRequestHandler = (_contents, _permission, answer) => answer(true);
  check: PermissionCheckHandler = () => true;

  setPermissionRequestHandler(handler: PermissionRequestHandler): void {
    this.request = handler;
  }

  setPermissionCheckHandler(handler: PermissionCheckHandler): void {
    this.check = handler;
  }

  setDevicePermissionHandler(): void {}
}

const fileHandlers = new Map<string, (request: Request) => Promise<Response> | Response>();

export const app = new StandInApp();
export const ipcMain = new EventEmitter();
export const session = { defaultSession: new StandInSession() };
export const protocol = {
  registerSchemesAsPrivileged(schemes: ShellFacts['schemes']): void {
    if (app.isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    app.facts.schemes.push(...schemes);
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response> | Response): void {
    fileHandlers.set(scheme, handler);
  },
};
export const shell = {
  openExternal(url: string): Promise<void> {
    tell({ type: 'open-external', url });
    return Promise.resolve();
  },
};
export const dialog = {
  showErrorBox(title: string, content: string): void {
    process.stderr.write(`[error box] ${title}\n${content}\n`);
  },
};
export const nativeImage = {
  createFromBuffer: (buffer: Buffer) => ({ bytes: buffer.subarray(1, 4).toString() === 'PNG' ? buffer.length : 0, setTemplateImage: () => undefined }),
};
export { StandInWindow as BrowserWindow, StandInMenu as Menu, StandInNotification as Notification, StandInTray as Tray };

async function answer(question: Question): Promise<unknown> {
  const contents = windows[0]?.webContents ?? new StandInWebContents();
  switch (question.about) {
    case 'file': {
      const handler = fileHandlers.get(question.url.split(':', 1)[0] ?? '');
      if (handler === undefined) throw new Error(`no handler for ${question.url}`);
      const response = await handler(new Request(question.url));
      return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) } satisfies FileAnswer;
    }
    case 'navigation': {
      const event = new PreventableEvent(question.url, question.isMainFrame);
      if (question.isMainFrame) contents.emit('will-navigate', event);
      contents.emit('will-frame-navigate', event);
      return !event.defaultPrevented;
    }
    case 'window-open':
      return contents.openHandler({ url: question.url }).action;
    case 'tray':
      return shownTray()?.labels() ?? [];
    case 'tray-choice':
      return shownTray()?.choose(question.path) ?? false;
    case 'notification-click':
      notifications.at(-1)?.emit('click');
      return notifications.length > 0;
    case 'permission': {
      const asking = new StandInWebContents();
      asking.mainFrame.url = question.pageUrl;
      const { request, check } = session.defaultSession;
      const requested = await new Promise<boolean>((resolve) => request(asking, question.permission, resolve));
      return requested && check(asking, question.permission);
    }
  }
}

process.on('message', (message: ToShell) => {
  const [window] = windows;
  switch (message.type) {
    case 'ipc': {
      const { mainFrame } = window?.webContents ?? {};
      // A page that navigated is the same frame with another address; any other frame is another object.
      if (message.frame.isMain && mainFrame !== undefined) mainFrame.url = message.frame.url;
      ipcMain.emit(message.channel, { senderFrame: message.frame.isMain ? mainFrame : { url: message.frame.url } }, ...message.args);
      return;
    }
    case 'close':
      window?.askToClose();
      return;
    case 'ask':
      void answer(message.question).then((value) => tell({ type: 'answer', id: message.id, value }));
      return;
  }
});
// The launcher is the screen: without it nobody could ever close the window.
process.on('disconnect', () => app.quit());
