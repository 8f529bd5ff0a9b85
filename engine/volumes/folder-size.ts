import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the files below a folder by their length, each hard-linked one once; folders count nothing. Source: moby pkg/directory. */
export async function folderSize(folder: string): Promise<number> {
  const seen = new Set<bigint>();
  let bytes = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(ignoreMissing)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) {
        folders.push(path);
        continue;
      }
      const stats = await lstat(path, { bigint: true }).catch(ignoreMissing);
      if (Array.isArray(stats) || (stats.nlink > 1n && seen.has(stats.ino))) continue;
      seen.add(stats.ino);
      bytes += Number(stats.size);
    }
  }
  return bytes;
}

/** A running container may remove what was listed a moment ago. */
function ignoreMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
