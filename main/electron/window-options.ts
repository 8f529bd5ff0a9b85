import type { BrowserWindowConstructorOptions } from 'electron';

/** The window's options. Defaults of Electron that matter are spelled out, so that a reader and a test find them here. */
export function windowOptions({ preload, isPackaged }: { preload: string; isPackaged: boolean }): BrowserWindowConstructorOptions {
  return {
    title: 'Slipway',
    width: 1440,
    height: 900,
    minWidth: 720,
    minHeight: 450,
    backgroundColor: '#0F171C',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      devTools: !isPackaged,
    },
  };
}
