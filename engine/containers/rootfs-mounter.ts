import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { O_PATH, SyscallError } from '../lib/syscalls.ts';
import { mountSnapshot, unmountSnapshot } from '../snapshots/mount.ts';
import type { Mount } from '../snapshots/snapshotter.ts';
import type { RootfsMounter } from './dependencies.ts';

/** Who works on the files of a mounted root; `stays` once a container runs on it. */
const holds = new Map<string, { count: number; stays: boolean }>();

/** Mounts with mount(2), which takes a fifth of a millisecond: no need to leave the thread. */
export const rootfsMounter: RootfsMounter = {
  mount(mounts: Mount[], target: string): void {
    const hold = holds.get(target);
    if (hold === undefined) mountOn(mounts, target);
    else hold.stays = true;
  },

  unmount(target: string): void {
    const hold = holds.get(target);
    if (hold === undefined) unmountAll(target);
    else hold.stays = false;
  },

  hold(mounts: Mount[], target: string): void {
    const hold = holds.get(target);
    if (hold !== undefined) {
      hold.count += 1;
      return;
    }
    const stays = isMounted(target);
    if (!stays) mountOn(mounts, target);
    holds.set(target, { count: 1, stays });
  },

  letGo(target: string): void {
    const hold = holds.get(target);
    if (hold === undefined) return;
    hold.count -= 1;
    if (hold.count > 0) return;
    holds.delete(target);
    if (!hold.stays) unmountAll(target);
  },

  evict(target: string): void {
    if (holds.delete(target)) unmountAll(target);
  },

  async below(directory: string): Promise<string[]> {
    const table = await readFile('/proc/self/mountinfo', 'utf8');
    return table
      .split('\n')
      .map((line) => unescape(line.split(' ')[4] ?? ''))
      .filter((target) => target.startsWith(`${directory}/`))
      .sort((a, b) => b.length - a.length);
  },
};

function mountOn(mounts: Mount[], target: string): void {
  mkdirSync(target, { recursive: true, mode: 0o755 });
  mountSnapshot(mounts, target);
}

/** Until nothing is mounted there any more: an engine that was killed may have mounted it a second time. */
function unmountAll(target: string): void {
  try {
    for (;;) unmountSnapshot(target);
  } catch (error) {
    if (!(error instanceof SyscallError) || !['EINVAL', 'ENOENT'].includes(error.code)) throw error;
  }
}

/** Told by the ids of mounts, since a bind mount has its device from below. Source: proc_pid_fdinfo(5). */
function isMounted(target: string): boolean {
  return existsSync(target) && mountId(target) !== mountId(dirname(target));
}

function mountId(path: string): string | undefined {
  const fd = openSync(path, O_PATH);
  try {
    return /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
  } finally {
    closeSync(fd);
  }
}

/** Blanks and backslashes are octal there. Source: proc(5). */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
