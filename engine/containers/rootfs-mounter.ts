import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { SyscallError } from '../lib/syscalls.ts';
import { mountSnapshot, unmountSnapshot } from '../snapshots/mount.ts';
import type { Mount } from '../snapshots/snapshotter.ts';
import type { RootfsMounter } from './dependencies.ts';

/** Mounts with mount(2), which takes a fifth of a millisecond: no need to leave the thread. */
export const rootfsMounter: RootfsMounter = {
  mount(mounts: Mount[], target: string): void {
    mkdirSync(target, { recursive: true, mode: 0o755 });
    mountSnapshot(mounts, target);
  },

  /** Until nothing is mounted there any more: an engine that was killed may have mounted it a second time. */
  unmount(target: string): void {
    try {
      for (;;) unmountSnapshot(target);
    } catch (error) {
      if (!(error instanceof SyscallError) || !['EINVAL', 'ENOENT'].includes(error.code)) throw error;
    }
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

/** Blanks and backslashes are octal there. Source: proc(5). */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
