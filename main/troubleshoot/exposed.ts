import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Something in the folder of sockets that others than this user could reach. */
export interface Exposed {
  path: string;
  /** Number of the user it belongs to. */
  owner: number;
  /** `0755` */
  mode: string;
}

/** What must be this user's alone: the folder itself, and every socket and key in it. Null where all is well, or where files have no modes. */
export async function findExposed(folder: string, platform: NodeJS.Platform = process.platform): Promise<Exposed | null> {
  if (platform === 'win32') return null;
  const paths = [folder, ...(await readdir(folder)).map((name) => join(folder, name))];
  for (const path of paths) {
    // A file may have gone since the folder was read.
    const found = await lstat(path).catch(() => null);
    if (found === null || !(found.isDirectory() || found.isSocket() || basename(path).endsWith('.key'))) continue;
    if (found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) return { path, owner: found.uid, mode: (found.mode & 0o777).toString(8).padStart(4, '0') };
  }
  return null;
}
