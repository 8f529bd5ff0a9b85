import { readAr } from '../formats/ar.mjs';
import { decompress } from '../formats/decompress.mjs';
import { readTar } from '../formats/tar.mjs';
import { readFileSync } from 'node:fs';

/** Paths after the /usr merge, which the image has from the start: `bin/x` is `usr/bin/x`. */
const merged = (path) => path.replace(/^(bin|sbin|lib|lib64)(?=\/|$)/, 'usr/$1');

const sharedLibraries = ['usr/lib/*/lib*.so.*'];

/** `*` stands for any characters but the slash. */
const toPattern = (glob) => new RegExp(`^${glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*')}$`);

/**
 * The wanted files of a .deb.
 * @returns {Promise<Map<string, {type: 'file'|'symlink', mode: number, body: Buffer, link: string}>>} by path in the guest
 * @throws Error when a pattern that is no library finds nothing: the package changed its layout.
 */
export async function readPackageFiles(file, { name, package: packageName = name, globs = sharedLibraries, keep = () => false }) {
  const patterns = globs.map((glob) => ({ glob, pattern: toPattern(glob), found: false }));
  const copyright = `usr/share/doc/${packageName}/copyright`;
  const files = new Map();
  for (const entry of await readDeb(file)) {
    const path = merged(entry.path);
    if (entry.type === 'directory' || entry.type === 'other') continue;
    const match = patterns.find(({ pattern }) => pattern.test(path));
    if (match) match.found = true;
    if (match || path === copyright || keep(path)) files.set(path, { type: entry.type, mode: entry.mode, body: entry.body, link: entry.link });
  }
  const nothing = patterns.filter(({ found, glob }) => !found && !glob.includes('.so.'));
  if (nothing.length > 0) throw new Error(`The package ${packageName} has no ${nothing.map(({ glob }) => glob).join(', ')}: it changed its layout.`);
  return inlineHardlinks(files);
}

async function readDeb(file) {
  const members = readAr(readFileSync(file));
  const data = [...members].find(([name]) => name.startsWith('data.tar'));
  if (data === undefined) throw new Error(`${file} holds no data.tar, so it is no .deb.`);
  return readTar(await decompress(data[1]));
}

function inlineHardlinks(files) {
  for (const [path, entry] of files) {
    if (entry.type !== 'hardlink') continue;
    const target = files.get(merged(entry.link.replace(/^(\.?\/)+/, '')));
    if (target === undefined) throw new Error(`${path} is a hard link to ${entry.link}, which is not taken.`);
    files.set(path, { ...target });
  }
  return files;
}
