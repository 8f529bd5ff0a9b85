import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './archive/download.mjs';

export const imageFiles = ['kernel', 'initrd.cpio', 'root.erofs', 'hello.tar'];

/**
 * What is in an image folder, for the host's driver and for people: `{version, arch, key, files: {name: {sha256, size}}, packages, npm, unpinned,
 * cmdline: {base, tcg}}`. `unpinned` names the packages whose pinned build the archive had dropped.
 */
export function makeManifest({ folder, arch, key, names = imageFiles, packages, npm, cmdline }) {
  const files = Object.fromEntries(names.map((name) => [name, { sha256: digestOf(join(folder, name)), size: statSync(join(folder, name)).size }]));
  return {
    version: key.slice(0, 12),
    arch,
    key,
    files,
    packages: packages.map(({ package: name, version, sha256 }) => ({ name, version, sha256 })),
    npm,
    unpinned: packages.filter(({ pinned }) => pinned !== undefined).map(({ package: name, version, pinned }) => ({ name, pinned, used: version })),
    cmdline,
  };
}

/** The manifest of an image folder if it was made from the inputs `key` and the files `names` are all there; null otherwise. */
export function currentManifest(folder, key, names = imageFiles) {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) return null;
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const whole = [...new Set([...names, ...Object.keys(manifest.files)])].every((name) => existsSync(join(folder, name)) && statSync(join(folder, name)).size === manifest.files[name].size);
    return manifest.key === key && whole ? manifest : null;
  } catch {
    return null;
  }
}
