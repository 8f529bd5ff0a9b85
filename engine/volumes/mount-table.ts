import { readFile } from 'node:fs/promises';
import { SyscallError, umount2, UmountFlag } from '../lib/syscalls/files.ts';

/** One line of /proc/self/mountinfo. Source: proc(5). */
export interface MountEntry {
  /** Where it is mounted. */
  target: string;
  /** `shared:1`, `master:2` …: how mounts below it travel. */
  propagation: string[];
}

/** In the order of mounting. */
export async function readMountTable(): Promise<MountEntry[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split(' ');
      return { target: unescape(fields[4]!), propagation: fields.slice(6, fields.indexOf('-')) };
    });
}

/** The mount on which a path lies: of those above it the nearest, of several in one place the last. */
export function mountOf(table: readonly MountEntry[], path: string): MountEntry | undefined {
  let found: MountEntry | undefined;
  for (const entry of table) {
    const above = entry.target === '/' || path === entry.target || path.startsWith(`${entry.target}/`);
    if (above && entry.target.length >= (found?.target.length ?? 0)) found = entry;
  }
  return found;
}

/** Takes away everything that is mounted on a path. Does nothing where nothing is. @throws SyscallError */
export function unmountAll(target: string): void {
  try {
    for (;;) umount2(target, UmountFlag.detach | UmountFlag.noFollow);
  } catch (error) {
    if (!(error instanceof SyscallError) || !['EINVAL', 'ENOENT', 'ENOTDIR'].includes(error.code)) throw error;
  }
}

/** Blanks and backslashes are octal there. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
