import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { BrowserWindow, Dialog } from 'electron';
import type { FileSaver } from '../ipc/streams/download.ts';

/** Asks with the system's own dialog and writes beside the chosen name, which is given only once the file is whole. */
export function saveWithDialog(dialog: Pick<Dialog, 'showSaveDialog'>, window: () => BrowserWindow | undefined): FileSaver {
  return {
    async open(fileName) {
      const parent = window();
      const options = { defaultPath: fileName };
      const { canceled, filePath } = await (parent === undefined ? dialog.showSaveDialog(options) : dialog.showSaveDialog(parent, options));
      if (canceled || filePath === '') return undefined;
      return { place: { type: 'saving', path: filePath }, take: (bytes, signal) => writeWhole(filePath, bytes, signal) };
    },
  };
}

export async function writeWhole(path: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = await open(part, 'wx');
  try {
    try {
      for await (const chunk of bytes) {
        signal.throwIfAborted();
        await file.writeFile(chunk);
      }
      signal.throwIfAborted();
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
