import { closeSync, constants, fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { InvalidParameterError, messageOf } from '../errors.ts';
import { bindMount, O_PATH, openat2, ResolveFlag } from '../lib/syscalls/files.ts';

/** Whether a path stays below where it begins, by its words alone. Source: Go `filepath.IsLocal`. */
export function isLocalPath(path: string): boolean {
  return !posix.isAbsolute(path) && !posix.normalize(path === '' ? '.' : path).startsWith('..');
}

/**
 * Binds what lies at `subpath` below `base` over `target`, which is made. A symbolic link on the way, whoever puts it
 * there meanwhile, does not lead out of `base`: what was opened is what is mounted.
 * @throws InvalidParameterError `cannot access path …`
 */
export function bindSubpath(base: string, subpath: string, target: string): void {
  const root = openSync(base, O_PATH | constants.O_DIRECTORY);
  let found: number | undefined;
  try {
    found = openat2(root, subpath, { flags: O_PATH, resolve: ResolveFlag.beneath | ResolveFlag.noMagicLinks });
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    if (fstatSync(found).isDirectory()) mkdirSync(target, { recursive: true });
    else writeFileSync(target, '');
    bindMount(`/proc/self/fd/${found}`, target, { recursive: true });
  } catch (error) {
    throw new InvalidParameterError(`cannot access path ${posix.join(base, subpath)}: ${messageOf(error)}`, { cause: error });
  } finally {
    closeSync(root);
    if (found !== undefined) closeSync(found);
  }
}
