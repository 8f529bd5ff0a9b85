import type { BrowserWindow, IpcMain, IpcMainEvent } from 'electron';
import type { ToWindow } from '../../contract/ipc-wire.ts';
import type { IpcTransport } from '../ipc/transport.ts';
import { isWindowAddress } from './app-address.ts';
import { ipcNames } from './ipc-names.ts';

/**
 * One transport for each load of the window's page. Every message is taken only from the main frame of this window and only while that
 * frame shows the window's own page.
 */
export function connectWindow(ipcMain: IpcMain, window: BrowserWindow, onPage: (transport: IpcTransport) => void): void {
  const { webContents } = window;
  let page: PageTransport | undefined;

  const isOwnPage = ({ senderFrame }: IpcMainEvent) => senderFrame !== null && senderFrame === webContents.mainFrame && isWindowAddress(senderFrame.url);
  const onHello = (event: IpcMainEvent) => {
    if (!isOwnPage(event)) return;
    page?.end();
    page = new PageTransport((message) => {
      if (!webContents.isDestroyed()) webContents.send(ipcNames.toWindow, message);
    });
    onPage(page);
  };
  const onMessage = (event: IpcMainEvent, message: unknown) => {
    if (isOwnPage(event)) page?.receive(message);
  };
  const leave = () => {
    page?.end();
    page = undefined;
  };

  ipcMain.on(ipcNames.hello, onHello);
  ipcMain.on(ipcNames.toMain, onMessage);
  webContents.on('render-process-gone', (_event, { reason }) => {
    leave();
    // A crash of the page loses nothing: main holds the state, and the next load asks for it.
    if (reason !== 'clean-exit' && !webContents.isDestroyed()) webContents.reload();
  });
  window.on('closed', () => {
    leave();
    ipcMain.off(ipcNames.hello, onHello);
    ipcMain.off(ipcNames.toMain, onMessage);
  });
}

class PageTransport implements IpcTransport {
  readonly #post: (message: ToWindow) => void;
  #onMessage: (message: unknown) => void = () => undefined;
  #onClose: () => void = () => undefined;
  #isOpen = true;

  constructor(post: (message: ToWindow) => void) {
    this.#post = post;
  }

  send(message: ToWindow): void {
    if (this.#isOpen) this.#post(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#onMessage = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  /** The page goes on without a connection until it is loaded again: a page of ours never gets here. */
  close(reason: string): void {
    console.error(`slipway: the window was cut off: ${reason}`);
    this.end();
  }

  receive(message: unknown): void {
    if (this.#isOpen) this.#onMessage(message);
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose();
  }
}
