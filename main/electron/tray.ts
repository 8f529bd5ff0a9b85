import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import type { Settings } from '../../contract/ipc.ts';
import type { App } from '../app.ts';
import { messageOf } from '../failure.ts';
import { followTray } from '../tray/follow-tray.ts';
import { trayMenu, type TrayAct, type TrayItem } from '../tray/tray-menu.ts';
import { trayWords, type Speak } from '../tray/tray-words.ts';
import { trayIcon } from './tray-icon.ts';

export interface TrayParts {
  Tray: typeof Tray;
  Menu: Pick<typeof Menu, 'buildFromTemplate'>;
  nativeImage: { createFromBuffer(buffer: Buffer, options?: { scaleFactor?: number }): NativeImage };
  /** What the system prefers, as `de-AT`. */
  systemLanguage: string;
  slipway: Pick<App, 'follow' | 'engine' | 'vm'>;
  /** Shows the window, at a page of it where one is given. */
  show(place?: string): void;
  browse(url: string): void;
  quit(): void;
  /** Trouble with what was asked in the menu, which is closed by then. */
  notify(notice: { title: string; body: string }): void;
}

/** The tray: what runs, with start and stop, the window, and the way out. Its menu is made anew whenever what it says changed. */
export function showTray(parts: TrayParts): { close(): void } {
  const { slipway } = parts;
  const tray = new parts.Tray(imageOf(parts));
  tray.setToolTip('Slipway');
  tray.on('click', () => parts.show());
  let shown = '';
  const following = followTray({ follow: slipway.follow, containers: () => slipway.engine.containers.list() }, (state, settings) => {
    const say = wordsOf(settings, parts);
    const menu = trayMenu(state, say);
    const text = JSON.stringify(menu);
    // Linux puts a whole new menu in the place of the open one.
    if (text === shown) return;
    shown = text;
    tray.setContextMenu(parts.Menu.buildFromTemplate(menu.map((item) => (item === 'line' ? { type: 'separator' } : optionsOf(item, (act) => void take(act, say, parts))))));
  });
  return {
    close() {
      following.close();
      tray.destroy();
    },
  };
}

const wordsOf = (settings: Settings | undefined, { systemLanguage }: TrayParts): Speak => trayWords(settings?.language, systemLanguage);

function imageOf({ nativeImage }: TrayParts): NativeImage {
  const image = nativeImage.createFromBuffer(trayIcon, { scaleFactor: 2 });
  // The menu bar of macOS paints it in its own colour.
  if (process.platform === 'darwin') image.setTemplateImage(true);
  return image;
}

function optionsOf({ label, act, items }: TrayItem, take: (act: TrayAct) => void): MenuItemConstructorOptions {
  // An ampersand marks the letter of a shortcut.
  const text = label.replaceAll('&', '&&');
  if (items !== undefined) return { label: text, submenu: items.map((item) => optionsOf(item, take)) };
  return act === undefined ? { label: text, enabled: false } : { label: text, click: () => take(act) };
}

async function take(act: TrayAct, say: Speak, { slipway, show, browse, quit, notify }: TrayParts): Promise<void> {
  switch (act.kind) {
    case 'show':
      return show(act.place);
    case 'browse':
      return browse(act.url);
    case 'quit':
      return quit();
    case 'start-engine':
      // The way there, and a failure on it, are told by the state.
      return slipway.vm.start().catch(() => undefined);
    case 'container':
      return slipway.engine.containers[act.verb](act.id).catch((error: unknown) => notify({ title: say(`${act.verb}Failed`, { name: act.name }), body: messageOf(error) }));
  }
}
