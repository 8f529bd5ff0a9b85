import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootDiskModules, earlyModules, imageModules, initrdModules, lateModules } from '../../modules.mjs';
import { npmPackages } from '../../packages.mjs';
import { stripSections } from '../formats/elf.mjs';
import { extractKernel } from '../formats/kernel.mjs';
import { checkLibraries } from './libraries.mjs';
import { ModuleTree } from './modules.mjs';
import { readPackageFiles } from './package-files.mjs';
import { RootTree } from './root-tree.mjs';

/** busybox applets that the guest has under their own names; inside `sh` all of them answer anyway. */
const applets = ['sh', 'ash', 'awk', 'cat', 'chmod', 'chown', 'cp', 'cut', 'date', 'dd', 'df', 'dmesg', 'echo', 'env', 'false', 'find', 'free', 'grep', 'head', 'hexdump', 'hostname', 'id', 'kill', 'less', 'ln', 'ls', 'mkdir', 'mkfifo', 'mknod', 'mount', 'mv', 'nproc', 'nsenter', 'ping', 'printf', 'readlink', 'rm', 'sed', 'setsid', 'sleep', 'sort', 'stat', 'sync', 'tail', 'test', 'top', 'touch', 'true', 'umount', 'uname', 'unshare', 'uptime', 'usleep', 'vi', 'wc', 'which', 'xargs'];
const systemApplets = ['fstrim', 'insmod', 'losetup', 'lsmod', 'modinfo', 'modprobe', 'rmmod', 'swapoff', 'swapon', 'sysctl'];

/**
 * All of the image that comes from packages: fills `folder` with `root/` (the root file system but for our own files),
 * `kernel`, `vmlinuz` (as Debian ships it, for firmware) and `initrd-modules.json`.
 */
export async function buildBase({ folder, arch, packageFiles, readNpm, wanted, report }) {
  const tree = new RootTree(join(folder, 'root'));
  for (const path of ['dev', 'proc', 'sys', 'run', 'tmp', 'root', 'mnt', 'etc/ssl/certs', 'var/lib/slipway', 'usr/bin', 'usr/sbin', 'usr/lib', 'opt/slipway/images']) tree.directory(path);
  for (const path of ['bin', 'sbin', 'lib']) tree.link(path, `usr/${path}`);
  tree.link('var/run', '/run');
  tree.link('etc/mtab', '/proc/self/mounts');
  tree.link('etc/resolv.conf', '/run/slipway/resolv.conf');

  report('unpacking Debian packages');
  let kernelPackage = new Map();
  for (const item of packageFiles) {
    const { files: globs } = wanted.find((candidate) => candidate.name === item.name);
    const isKernel = item.name === 'linux-image';
    const files = await readPackageFiles(item.file, { ...item, globs, keep: (path) => isKernel && path.startsWith('usr/lib/modules/') });
    if (isKernel) kernelPackage = files;
    else for (const [path, entry] of files) if (entry.type === 'symlink') tree.link(path, entry.link); else tree.file(path, entry.body, entry.mode);
  }
  if (arch === 'amd64') tree.link('lib64', 'usr/lib64');
  for (const name of applets) tree.link(`usr/bin/${name}`, 'busybox');
  for (const name of systemApplets) tree.link(`usr/sbin/${name}`, '../bin/busybox');
  tree.file('etc/ssl/certs/ca-certificates.crt', certificateBundle(tree));
  tree.remove('usr/share/ca-certificates');

  report('extracting the kernel and its modules');
  await addKernel({ tree, folder, arch, files: kernelPackage });

  const node = await readNpm(npmPackages.node[arch]);
  tree.file('usr/bin/node', stripSections(node.files.get('bin/node')()), 0o755);
  tree.file('usr/share/doc/node/copyright', node.files.get('LICENSE')());
  checkLibraries(tree);
}

async function addKernel({ tree, folder, arch, files }) {
  const [, vmlinuz] = [...files].find(([path]) => path.startsWith('boot/vmlinuz-'));
  writeFileSync(join(folder, 'kernel'), await extractKernel(vmlinuz.body, arch));
  writeFileSync(join(folder, 'vmlinuz'), vmlinuz.body);
  const release = [...files.keys()].map((path) => /^usr\/lib\/modules\/([^/]+)\//.exec(path)?.[1]).find(Boolean);
  const prefix = `usr/lib/modules/${release}/`;
  const modules = new Map([...files].filter(([path]) => path.startsWith(prefix) && path.endsWith('.ko')).map(([path, entry]) => [path.slice(prefix.length), entry.body]));
  const builtin = files.get(`${prefix}modules.builtin`).body.toString('utf8');
  const kernel = new ModuleTree(modules, builtin);
  const missing = kernel.missing([...initrdModules, ...earlyModules]);
  if (missing.length > 0) throw new Error(`The kernel ${release} has no ${missing.join(', ')}, without which the guest does not come up.`);
  const names = kernel.closure([...Object.values(imageModules).flat(), ...earlyModules, ...lateModules]);
  for (const name of names) tree.file(`${prefix}${kernel.path(name)}`, modules.get(kernel.path(name)));
  tree.file(`${prefix}modules.dep`, kernel.dependencyFile(names));
  tree.file(`${prefix}modules.alias`, kernel.aliasFile(names));
  tree.file(`${prefix}modules.builtin`, builtin);
  const late = lateModules.filter((name) => kernel.missing([name]).length === 0 && !kernel.builtin.has(name.replaceAll('-', '_')));
  tree.file('usr/lib/slipway/late-modules', `${late.join(' ')}\n`);
  const paths = (wanted) => kernel.closure(wanted).map((name) => `${prefix}${kernel.path(name)}`);
  writeFileSync(join(folder, 'initrd-modules.json'), JSON.stringify({ direct: paths(initrdModules), bootDisk: paths(bootDiskModules) }));
}

/** What update-ca-certificates makes on an installed system. */
function certificateBundle(tree) {
  const folder = tree.host('usr/share/ca-certificates/mozilla');
  return readdirSync(folder).sort().map((name) => readFileSync(join(folder, name), 'utf8').trimEnd() + '\n').join('');
}
