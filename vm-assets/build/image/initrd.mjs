import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeCpio } from '../formats/cpio.mjs';

/** Without /proc the shell does not find its own applets, so those that init runs have links. */
const applets = ['sh', 'chroot', 'insmod', 'mount', 'poweroff', 'usleep'];

/**
 * The first root: a static busybox, its init, and the modules on the way to the root file system, numbered in loading order. Not
 * compressed: under emulation inflating costs more than reading.
 * @param {string} root folder of the root file system @param {string[]} modules paths in it @param {string} init
 */
export function makeInitrd({ root, modules, init }) {
  const directory = (path) => ({ path, mode: 0o040755 });
  const file = (path, body, mode) => ({ path, mode: 0o100000 | mode, body });
  const link = (path, target) => ({ path, mode: 0o120777, body: target });
  return writeCpio([
    directory('bin'),
    directory('dev'),
    { path: 'dev/console', mode: 0o020600, device: [5, 1] },
    directory('newroot'),
    directory('sys'),
    directory('modules'),
    file('bin/busybox', readFileSync(join(root, 'usr/bin/busybox')), 0o755),
    ...applets.map((name) => link(`bin/${name}`, 'busybox')),
    file('init', init, 0o755),
    ...modules.map((path, index) => file(`modules/${String(index).padStart(2, '0')}-${basename(path)}`, readFileSync(join(root, path)), 0o644)),
  ]);
}
