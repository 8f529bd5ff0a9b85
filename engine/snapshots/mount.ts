import { dirname } from 'node:path';
import { bindMount, mount, umount2, UmountFlag } from '../lib/syscalls/files.ts';
import type { Mount } from './snapshotter.ts';

/** mount(2) takes one page of options with its final NUL. */
const PAGE = 4096;

/** Mounts what a snapshotter handed out. @param target an existing folder; the caller unmounts it. */
export function mountSnapshot(mounts: Mount[], target: string): void {
  for (const { type, source, options } of mounts) {
    if (type === 'bind') bindMount(source, target, { readOnly: options.includes('ro') });
    else mountOverlay(source, options, target);
  }
}

/** Detaches, so that a process that still holds a file open does not keep the name. */
export function unmountSnapshot(target: string): void {
  umount2(target, UmountFlag.detach | UmountFlag.noFollow);
}

/**
 * An image of many layers has more lowerdir text than fits a page, and overlayfs takes no second page before Linux 6.7:
 * then the paths are given relative to their common folder, which is the current one during the (synchronous) call.
 */
function mountOverlay(source: string, options: string[], target: string): void {
  const data = options.join(',');
  if (data.length < PAGE) {
    mount({ source, target, type: 'overlay', data });
    return;
  }
  const { directory, options: relative } = relativeOptions(options);
  const before = process.cwd();
  process.chdir(directory);
  try {
    mount({ source, target, type: 'overlay', data: relative.join(',') });
  } finally {
    process.chdir(before);
  }
}

/** @param options overlay mount options with absolute paths */
export function relativeOptions(options: string[]): { directory: string; options: string[] } {
  const isPath = (option: string) => /^(lowerdir|upperdir|workdir)=/.test(option);
  const paths = options.filter(isPath).flatMap((option) => option.slice(option.indexOf('=') + 1).split(':'));
  let directory = dirname(paths[0] ?? '/');
  while (directory !== '/' && !paths.every((path) => path.startsWith(`${directory}/`))) directory = dirname(directory);
  const prefix = directory === '/' ? '/' : `${directory}/`;
  return { directory, options: options.map((option) => (isPath(option) ? option.replaceAll(prefix, '') : option)) };
}
