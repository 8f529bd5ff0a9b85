import { contextBridge, ipcRenderer } from 'electron';
import type { IpcBridge, ToWindow } from '../../contract/ipc-wire.ts';
import { ipcNames } from './ipc-names.ts';

// All that the page gets of Electron: one door for messages, which main checks one by one. No channel name and no Electron
// object passes through it.
let listener: ((message: ToWindow) => void) | undefined;
const early: ToWindow[] = [];

ipcRenderer.on(ipcNames.toWindow, (_event, message: ToWindow) => {
  if (listener === undefined) early.push(message);
  else listener(message);
});

const bridge: IpcBridge = {
  send: (message) => ipcRenderer.send(ipcNames.toMain, message),
  listen(next) {
    listener = next;
    for (const message of early.splice(0)) next(message);
  },
  // The way to the main process does not break while the page lives.
  onConnection: () => undefined,
};

contextBridge.exposeInMainWorld('slipway', bridge);
ipcRenderer.send(ipcNames.hello);
