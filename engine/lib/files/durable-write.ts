import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file so that after a crash either the old or the new content is there, whole: temporary file, fsync, rename,
 * fsync of the folder. With `sync: false` the fsyncs are left out: the rename is still atomic for everyone who looks, but
 * a power cut may bring the old content back.
 * @throws the file system's error (ENOSPC …); the old file is then untouched and the temporary one removed.
 */
export async function durableWrite(path: string, content: string | Uint8Array, options: { mode?: number; sync?: boolean } = {}): Promise<void> {
  const temporary = `${path}.${process.pid}-${(counter += 1)}.tmp`;
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o600);
    try {
      await file.writeFile(content);
      if (options.sync !== false) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (options.sync !== false) await syncDirectory(dirname(path));
}

let counter = 0;

/** Makes names that were added to or removed from a folder last. A folder that is gone is not an error: so are its names. */
export async function syncDirectory(path: string): Promise<void> {
  let directory;
  try {
    directory = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
