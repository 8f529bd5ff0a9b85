/**
 * What the process with the Electron shell (its bundle over the stand-in module) and the launcher with the browser tell
 * each other, over Node's own IPC with structured clone.
 */
export type ToLauncher =
  /** `new BrowserWindow(options)`. */
  | { type: 'window'; options: Record<string, unknown>; facts: ShellFacts }
  | { type: 'load'; url: string }
  /** `webContents.send`. */
  | { type: 'send'; channel: string; args: unknown[] }
  | { type: 'open-external'; url: string }
  /** `window.show()` and `window.hide()`. */
  | { type: 'visible'; isVisible: boolean }
  | { type: 'notification'; title: string; body: string }
  | { type: 'answer'; id: number; value: unknown };

export type ToShell =
  | { type: 'ipc'; channel: string; args: unknown[]; frame: { url: string; isMain: boolean } }
  /** The person presses the window's close button. */
  | { type: 'close' }
  | { type: 'ask'; id: number; question: Question };

/** What the launcher asks the shell on the page's behalf. */
export type Question =
  | { about: 'file'; url: string }
  | { about: 'navigation'; url: string; isMainFrame: boolean }
  | { about: 'window-open'; url: string }
  | { about: 'permission'; permission: string; pageUrl: string }
  /** Answered with {@link TrayLabels}. */
  | { about: 'tray' }
  /** The person chooses an item of the tray's menu, by the labels that lead to it. */
  | { about: 'tray-choice'; path: string[] }
  /** The person clicks on the newest notification. */
  | { about: 'notification-click' };

export type TrayLabels = (string | { [label: string]: TrayLabels })[];

export interface FileAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** What the shell set before it opened its window. */
export interface ShellFacts {
  sandboxForAll: boolean;
  singleInstanceLock: boolean;
  userData: string;
  schemes: { scheme: string; privileges?: Record<string, boolean> }[];
}
