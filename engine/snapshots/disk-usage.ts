import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the files below a folder as they say themselves, and inodes with the folder; each hard-linked file once. As moby counts. */
export async function diskUsage(directory: string): Promise<{ bytes: number; inodes: number }> {
  const usage = { bytes: 0, inodes: 0 };
  const seen = new Set<number>();
  const count = async (path: string): Promise<boolean> => {
    const { size, ino, nlink, isDirectory } = await describe(path);
    if (nlink > 1 && !isDirectory) {
      if (seen.has(ino)) return false;
      seen.add(ino);
    }
    if (!isDirectory) usage.bytes += size;
    usage.inodes += 1;
    return isDirectory;
  };
  const queue = (await count(directory)) ? [directory] : [];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (await count(path)) queue.push(path);
    }
  }
  return usage;
}

async function describe(path: string): Promise<{ size: number; ino: number; nlink: number; isDirectory: boolean }> {
  try {
    const stats = await lstat(path);
    return { size: stats.size, ino: stats.ino, nlink: stats.nlink, isDirectory: stats.isDirectory() };
  } catch (error) {
    // A running container may remove what was listed a moment ago.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { size: 0, ino: 0, nlink: 1, isDirectory: false };
    throw error;
  }
}
