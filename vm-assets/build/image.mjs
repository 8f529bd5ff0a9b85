import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootDiskCommandLine, kernelCommandLine } from '../kernel-command-line.mjs';
import { bootDiskPackages, npmPackages, packages, release } from '../packages.mjs';
import { Archive } from './archive/archive.mjs';
import { DownloadCache } from './archive/download.mjs';
import { readLock } from './archive/lock.mjs';
import { findMirrors } from './archive/mirrors.mjs';
import { npmPin, readNpmPackage } from './archive/npm.mjs';
import { fetchPackages } from './archive/packages.mjs';
import { bootDiskName, makeBootDisk } from './boot-disk/boot-disk.mjs';
import { withBuildLock } from './build-lock.mjs';
import { engineBundle } from './engine-bundle.mjs';
import { buildBase } from './image/base.mjs';
import { engineFiles } from './image/engine-files.mjs';
import { makeErofs } from './image/erofs.mjs';
import { makeHello } from './image/hello.mjs';
import { makeInitrd } from './image/initrd.mjs';
import { readPackageFiles } from './image/package-files.mjs';
import { RootTree } from './image/root-tree.mjs';
import { filesBelow, keyOf } from './inputs.mjs';
import { currentManifest, imageFiles, makeManifest } from './manifest.mjs';

const assets = dirname(dirname(fileURLToPath(import.meta.url)));
const projectRoot = dirname(assets);

/** The architecture of a VM that this machine can accelerate. */
export const hostArch = () => (process.arch === 'arm64' ? 'arm64' : 'amd64');

/**
 * Makes the VM image of one architecture, or finds that the one there is current.
 * @param {object} [options]
 * @param {'amd64'|'arm64'} [options.arch] the host's own
 * @param {boolean} [options.hyperv] with the disk that Hyper-V boots (ADR 0019)
 * @param {boolean} [options.force] rebuild although nothing changed, packages included
 * @param {string} [options.engine] folder of an engine bundle in place of the project's
 * @param {string} [options.out] folder to write into
 * @param {string} [options.cache] folder of what was downloaded; SLIPWAY_CACHE, or vm-assets/cache
 * @param {(line: string) => void} [options.report] progress, for people
 * @returns {Promise<{folder: string, manifest: object, built: boolean}>}
 */
export async function buildImage({ arch = hostArch(), hyperv = false, force = false, engine, out, cache = process.env.SLIPWAY_CACHE || join(assets, 'cache'), report = () => {} } = {}) {
  const folder = out ?? join(assets, 'out', arch);
  if (hyperv && arch !== 'amd64') throw new Error(`A disk that Hyper-V boots is made for amd64 alone, not for ${arch}.`);
  return withBuildLock(
    join(cache, 'build.lock'),
    async () => {
      const bundle = engine ?? engineBundle(projectRoot, report);
      const locked = readLock()[arch];
      const lock = locked.filter(({ name }) => packages.some((item) => item.name === name));
      const npmPins = Object.fromEntries([npmPackages.node[arch], npmPackages.koffi, npmPackages.koffiNative[arch]].map((name) => [name, npmPin(projectRoot, name).version]));
      const baseKey = keyOf({ arch, lock: JSON.stringify(lock), packages: { file: join(assets, 'packages.mjs') }, modules: { file: join(assets, 'modules.mjs') }, scripts: { folder: join(assets, 'build') }, npm: JSON.stringify(npmPins) });
      const cmdline = kernelCommandLine(arch);
      const key = keyOf({ baseKey, rootfs: { folder: join(assets, 'rootfs') }, initrd: { folder: join(assets, 'initrd') }, hello: { folder: join(assets, 'hello') }, engine: { folder: bundle }, cmdline: JSON.stringify(cmdline), bootDisk: JSON.stringify([locked, bootDiskCommandLine]) });
      const names = hyperv ? [...imageFiles, bootDiskName] : imageFiles;
      const current = force ? null : currentManifest(folder, key, names);
      if (current !== null) return { folder, manifest: current, built: false };

      report(`building the VM image for ${arch}`);
      const downloads = new DownloadCache(cache);
      const readNpm = (name) => readNpmPackage({ projectRoot, cache: downloads, name, report });
      const base = await currentBase({ folder: join(cache, 'base', arch), key: baseKey, force, arch, lock, downloads, readNpm, report });
      const stub = hyperv ? await efiStub({ locked, arch, downloads, report }) : undefined;
      const manifest = await assemble({ base, folder, arch, key, names, stub, bundle, cmdline, readNpm, npm: npmPins, report });
      return { folder, manifest, built: true };
    },
    report,
  );
}

/** Kernel and packages, unpacked: minutes of work that an edit of the engine or of the guest's scripts does not repeat. */
async function currentBase({ folder, key, force, arch, lock, downloads, readNpm, report }) {
  const stamp = join(folder, 'base.json');
  if (!force && existsSync(stamp)) {
    const known = JSON.parse(readFileSync(stamp, 'utf8'));
    if (known.key === key) return { folder, packages: known.packages };
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  report(`fetching ${lock.length} Debian packages`);
  const packageFiles = await fetchPackages({ entries: lock, wanted: packages, archive: openArchive({ arch, downloads, report }), report });
  await buildBase({ folder, arch, packageFiles, readNpm, wanted: packages, report });
  const facts = packageFiles.map(({ package: name, version, sha256, pinned }) => ({ package: name, version, sha256, pinned }));
  writeFileSync(stamp, JSON.stringify({ key, packages: facts }));
  return { folder, packages: facts };
}

function openArchive({ arch, downloads, report }) {
  const mirrors = lazily(findMirrors);
  return new Archive({ get mirrors() { return mirrors(); }, cache: downloads, release, arch, report });
}

/** What of Debian is in the boot disk alone. @returns {Promise<{bytes: Buffer, package: object}>} */
async function efiStub({ locked, arch, downloads, report }) {
  const [wanted] = bootDiskPackages;
  const entries = locked.filter(({ name }) => name === wanted.name);
  const [item] = await fetchPackages({ entries, wanted: bootDiskPackages, archive: openArchive({ arch, downloads, report }), report });
  const files = await readPackageFiles(item.file, { ...item, globs: wanted.files });
  const { package: name, version, sha256, pinned } = item;
  return { bytes: files.get(wanted.files[0]).body, package: { package: name, version, sha256, pinned } };
}

/** Our own files on top of the base, then the files of the image; they appear in `folder` whole, the manifest last. */
async function assemble({ base, folder, arch, key, names, stub, bundle, cmdline, readNpm, npm, report }) {
  const root = join(base.folder, 'root');
  const tree = new RootTree(root);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });

  report('adding the engine and the guest files');
  const busybox = base.packages.find(({ package: name }) => name === 'busybox-static');
  const hello = makeHello({ busybox: readFileSync(tree.host('usr/bin/busybox')), copyright: readFileSync(tree.host('usr/share/doc/busybox-static/copyright')), source: join(assets, 'hello'), arch, version: busybox.version });
  const engine = await engineFiles({ bundle, arch, nodeVersion: npm[npmPackages.node[arch]], readNpm });
  const own = new Map([...[...engine].map(([path, bytes]) => [path, { bytes, mode: 0o644 }]), ['opt/slipway/images/hello.tar', { bytes: hello, mode: 0o644 }], ...guestFiles(join(assets, 'rootfs'))]);
  // What the last build put here goes first; the list is there before the files are, so that a build cut short leaves nothing unknown.
  const overlaid = join(base.folder, 'overlaid.json');
  if (existsSync(overlaid)) for (const path of JSON.parse(readFileSync(overlaid, 'utf8'))) tree.remove(path);
  tree.remove('opt/slipway/engine');
  writeFileSync(overlaid, JSON.stringify([...own.keys()]));
  for (const [path, { bytes, mode }] of own) tree.file(path, bytes, mode);

  report('packing the root file system');
  makeErofs(root, join(partial, 'root.erofs'));
  const modules = JSON.parse(readFileSync(join(base.folder, 'initrd-modules.json'), 'utf8'));
  const init = readFileSync(join(assets, 'initrd/init'));
  writeFileSync(join(partial, 'initrd.cpio'), makeInitrd({ root, modules: modules.direct, init }));
  writeFileSync(join(partial, 'kernel'), readFileSync(join(base.folder, 'kernel')));
  writeFileSync(join(partial, 'hello.tar'), hello);
  if (stub !== undefined) {
    report('making the disk that firmware boots');
    const parts = { stub: stub.bytes, kernel: readFileSync(join(base.folder, 'vmlinuz')), initrd: makeInitrd({ root, modules: modules.bootDisk, init }), osRelease: readFileSync(join(root, 'etc/os-release')) };
    makeBootDisk({ path: join(partial, bootDiskName), root: join(partial, 'root.erofs'), commandLine: bootDiskCommandLine, ...parts });
  }
  const manifest = makeManifest({ folder: partial, arch, key, names, packages: stub === undefined ? base.packages : [...base.packages, stub.package], npm, cmdline });
  writeFileSync(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);

  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'manifest.json'), { force: true });
  // Of an earlier build; whoever wants it again asks for it.
  if (stub === undefined) rmSync(join(folder, bootDiskName), { force: true });
  for (const name of [...names, 'manifest.json']) renameSync(join(partial, name), join(folder, name));
  rmSync(partial, { recursive: true });
  return manifest;
}

/** Files that lie in the project as they do in the guest; one is executable there if it is here. */
function guestFiles(folder) {
  return filesBelow(folder).map((path) => [relative(folder, path), { bytes: readFileSync(path), mode: statSync(path).mode & 0o100 ? 0o755 : 0o644 }]);
}

function lazily(make) {
  let value;
  return () => (value ??= make());
}
