import { closeSync, constants, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { chdir, attachTree, cloneTree, pivotHere } from '../syscalls/mount-tree.ts';
import { CloneFlag, setns, unshare } from '../syscalls/process.ts';
import { mount, MountFlag, umount2, UmountFlag } from '../syscalls/files.ts';
import type { RootView } from './protocol.ts';

/**
 * Moves the calling thread into a mount namespace whose root is the view, and answers how it comes back. From here on a
 * path, however it is bent while it is walked, ends inside: there is nothing else. Only synchronous calls of this thread
 * are confined; Node's asynchronous ones run on other threads and must not be used. Source: moby
 * `daemon/containerfs_linux.go`.
 * @param before runs in the new namespace while the machine's paths can still be named
 */
export function enterView(view: RootView, before: () => void = () => undefined): () => void {
  const home = openSync('/proc/thread-self/ns/mnt', constants.O_RDONLY);
  const trees: number[] = [];
  const leave = () => {
    for (const tree of trees) closeSync(tree);
    // The namespace goes with its last thread, and all mounts with it.
    setns(home, CloneFlag.newNs);
    closeSync(home);
  };
  try {
    unshare(CloneFlag.newNs);
  } catch (error) {
    closeSync(home);
    throw error;
  }
  try {
    mount({ target: '/', flags: MountFlag.private | MountFlag.recursive });
    before();
    const sources = view.mounts.map(({ source, ...options }) => {
      const tree = cloneTree(source, options);
      trees.push(tree);
      return { tree, isFolder: fstatSync(tree).isDirectory(), destination: options.destination };
    });
    const root = cloneTree(view.root, { recursive: false, readOnly: view.readOnly && view.mounts.length === 0 });
    trees.push(root);
    attachTree(root, view.root);
    chdir(view.root);
    pivotHere();
    umount2('.', UmountFlag.detach);
    chdir('/');
    // Attached from inside, so that a link at the destination cannot lead the mount out.
    for (const { tree, isFolder, destination } of sources) {
      makeMountPoint(destination, isFolder);
      attachTree(tree, destination);
    }
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}

function makeMountPoint(path: string, isFolder: boolean): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === isFolder) return;
  mkdirSync(isFolder ? path : posix.dirname(path), { recursive: true, mode: 0o755 });
  if (!isFolder) closeSync(openSync(path, constants.O_CREAT | constants.O_WRONLY | constants.O_NONBLOCK, 0o755));
}
