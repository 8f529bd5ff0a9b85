import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { decompress } from '../formats/decompress.mjs';
import { readTar } from '../formats/tar.mjs';
import { filesIn } from '../walk.mjs';

/** Version and integrity by which the project pins an npm package. @throws Error when package-lock.json does not know it. */
export function npmPin(projectRoot, name) {
  const pin = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')).packages[`node_modules/${name}`];
  if (pin?.integrity === undefined) throw new Error(`package-lock.json pins no ${name} with its integrity: run npm install.`);
  return { version: pin.version, integrity: pin.integrity };
}

/**
 * Files of an npm package at the project's pinned version: from node_modules where that one is installed (npm checked it), otherwise through
 * `npm pack` with the configured registry, checked here and kept in the cache.
 * @returns {Promise<{name: string, version: string, files: Map<string, () => Buffer>}>} by path in the package
 */
export async function readNpmPackage({ projectRoot, cache, name, report }) {
  const pin = npmPin(projectRoot, name);
  const folder = join(projectRoot, 'node_modules', name);
  if (existsSync(join(folder, 'package.json')) && JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version === pin.version) {
    return { name, version: pin.version, files: new Map(filesIn(folder).map((path) => [relative(folder, path), () => readFileSync(path)])) };
  }
  const tarball = await decompress(readFileSync(fetchTarball({ cache, name, pin, report })));
  const files = new Map();
  for (const { path, type, body } of readTar(tarball)) if (type === 'file') files.set(path.replace(/^[^/]+\//, ''), () => body);
  return { name, version: pin.version, files };
}

function fetchTarball({ cache, name, pin, report }) {
  const [algorithm, digest] = /^(sha\d+)-(.+)$/.exec(pin.integrity).slice(1);
  const holds = (file) => createHash(algorithm).update(readFileSync(file)).digest('base64') === digest;
  const kept = join(cache.folder, 'blobs', `npm-${Buffer.from(digest, 'base64').toString('hex').slice(0, 64)}`);
  if (existsSync(kept) && statSync(kept).size > 0 && holds(kept)) return kept;
  report(`fetching ${name} ${pin.version} with npm`);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-npm-'));
  try {
    const npm = spawnSync('npm', ['pack', `${name}@${pin.version}`, '--pack-destination', folder, '--silent'], { encoding: 'utf8', shell: process.platform === 'win32' });
    if (npm.status !== 0) throw new Error(`npm could not fetch ${name}@${pin.version}: ${(npm.error?.message ?? npm.stderr).trim().split('\n').at(-1)}`);
    const [file] = readdirSync(folder);
    if (!holds(join(folder, file))) throw new Error(`${name}@${pin.version} from the npm registry is not what package-lock.json pins (${pin.integrity}).`);
    const partial = `${kept}.partial-${process.pid}`;
    copyFileSync(join(folder, file), partial);
    renameSync(partial, kept);
    return kept;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
