import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Paths of the regular files below a folder, sorted. Links are not followed, unlike Node's recursive readdir does: a guest's `/var/run`
 * points to a folder of this machine.
 */
export function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
    });
}
