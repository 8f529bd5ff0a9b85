import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { filesIn } from './walk.mjs';

/** One name for everything that goes into a build: equal inputs, equal key. Values are strings, buffers, or `{folder}` / `{file}` on disk. */
export function keyOf(inputs) {
  const hash = createHash('sha256');
  const add = (name, bytes) => hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  for (const [name, value] of Object.entries(inputs)) {
    if (value.folder !== undefined) for (const path of filesBelow(value.folder)) add(`${name}/${relative(value.folder, path)}:${statSync(path).mode & 0o100}`, readFileSync(path));
    else if (value.file !== undefined) add(name, readFileSync(value.file));
    else add(name, Buffer.from(value));
  }
  return hash.digest('hex');
}

/** Files of a folder that make a difference; tests and their fixtures are in no image. */
export function filesBelow(folder) {
  return filesIn(folder).filter((path) => !/\.test\.mjs$/.test(path) && !path.includes('/fixtures/'));
}
