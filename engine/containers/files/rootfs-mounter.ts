import { close, closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { O_PATH, SyscallError } from '../../lib/syscalls/files.ts';
import { mountSnapshot, unmountSnapshot } from '../../snapshots/mount.ts';
import type { Mount } from '../../snapshots/snapshotter.ts';
import type { RootfsMounter } from '../dependencies.ts';

/** Who works on the files of a mounted root; `stays` once a container runs on it. */
interface Hold {
  count: number;
  stays: boolean;
  /** Nobody holds it any more: it is about to be unmounted. */
  timer?: NodeJS.Timeout;
}

const holds = new Map<string, Hold>();
/** Overlays on their way out. One folder must not be in two of them. */
const closing = new Map<string, Promise<void>>();

/** Milliseconds that a root stays mounted for the next look at it: `docker cp` asks several times. */
const linger = 500;

/** Mounts with mount(2), which takes a fifth of a millisecond: no need to leave the thread. */
export const rootfsMounter: RootfsMounter = {
  async mount(mounts: Mount[], target: string): Promise<void> {
    await closing.get(target);
    const hold = holds.get(target);
    if (hold === undefined) mountOn(mounts, target);
    else hold.stays = true;
  },

  async unmount(target: string): Promise<void> {
    const hold = holds.get(target);
    if (hold !== undefined && hold.count > 0) hold.stays = false;
    else await evict(target);
  },

  async hold(mounts: Mount[], target: string): Promise<void> {
    await closing.get(target);
    const hold = holds.get(target);
    if (hold !== undefined) {
      clearTimeout(hold.timer);
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
    hold.timer = setTimeout(() => {
      holds.delete(target);
      if (!hold.stays) void unmountAll(target).catch(() => undefined);
    }, linger).unref();
  },

  evict,

  async below(directory: string): Promise<string[]> {
    const table = await readFile('/proc/self/mountinfo', 'utf8');
    return table
      .split('\n')
      .map((line) => unescape(line.split(' ')[4] ?? ''))
      .filter((target) => target.startsWith(`${directory}/`))
      .sort((a, b) => b.length - a.length);
  },
};

async function evict(target: string): Promise<void> {
  clearTimeout(holds.get(target)?.timer);
  holds.delete(target);
  await unmountAll(target);
}

function mountOn(mounts: Mount[], target: string): void {
  mkdirSync(target, { recursive: true, mode: 0o755 });
  mountSnapshot(mounts, target);
}

/** Until nothing is mounted there any more: an engine that was killed may have mounted it a second time. */
async function unmountAll(target: string): Promise<void> {
  const ends: Promise<void>[] = [];
  try {
    while (existsSync(target)) ends.push(unmountOne(target));
  } catch (error) {
    if (!(error instanceof SyscallError) || !['EINVAL', 'ENOENT'].includes(error.code)) throw error;
  }
  if (ends.length === 0) return closing.get(target);
  const ended = Promise.all([closing.get(target), ...ends]).then(() => {
    if (closing.get(target) === ended) closing.delete(target);
  });
  closing.set(target, ended);
  return ended;
}

/**
 * The mount is gone from its place at once; the answer resolves at its end. An overlay that ends has the kernel write out all
 * of the disk below it (syncfs), so its last descriptor is closed on another thread.
 */
function unmountOne(target: string): Promise<void> {
  const root = openSync(target, O_PATH);
  try {
    unmountSnapshot(target);
  } catch (error) {
    closeSync(root);
    throw error;
  }
  return new Promise((resolve) => close(root, () => resolve()));
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
