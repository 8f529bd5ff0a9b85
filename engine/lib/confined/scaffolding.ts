/**
 * What is made in a root file system only so that something can be mounted on it, by the engine or by crun: it is no
 * change that anybody made. moby keeps the same paths in a layer of their own (`daemon/initlayer`).
 */
const folders = new Set(['dev', 'dev/pts', 'dev/shm', 'dev/mqueue', 'proc', 'sys']);
const files = new Set(['dev/console', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf', '.dockerenv']);

/** @param path relative to the root */
export function isScaffolding(path: string, entry: { isFolder: boolean; size: number }): boolean {
  return entry.isFolder ? folders.has(path) : entry.size === 0 && files.has(path);
}
