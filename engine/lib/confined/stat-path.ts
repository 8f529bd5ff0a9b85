import { lstatSync, readlinkSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { posix } from 'node:path';
import type { PathStat } from './protocol.ts';

/**
 * A path of the API made absolute and clean; one slash or dot at the end stays, because there it says that a symbolic
 * link is to be followed. Source: moby `pkg/archive/copy.go` PreserveTrailingDotOrSeparator.
 */
export function cleanPath(path: string): string {
  const clean = posix.resolve('/', path);
  if (/(^|\/)\.$/.test(path)) return clean === '/' ? '/.' : `${clean}/.`;
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}

/** Go's filepath.Base: the last element without slashes at the end. */
export function baseName(path: string): string {
  return path === '/' ? '/' : (/([^/]+)\/*$/.exec(path)?.[1] ?? '/');
}

/** @param path as {@link cleanPath} answers it. @throws ENOENT, ENOTDIR */
export function statPath(path: string): PathStat {
  const stats = lstatSync(path, { bigint: true });
  return {
    name: baseName(path),
    size: Number(stats.size),
    mode: goFileMode(Number(stats.mode)),
    mtime: timestamp(stats),
    linkTarget: stats.isSymbolicLink() ? finalTarget(path) : '',
  };
}

/** Source: Go `io/fs.FileMode`. */
export function goFileMode(mode: number): number {
  const kinds: Record<number, number> = {
    0o040000: 2 ** 31, // directory
    0o120000: 2 ** 27, // symbolic link
    0o060000: 2 ** 26, // device
    0o010000: 2 ** 25, // named pipe
    0o140000: 2 ** 24, // socket
    0o020000: 2 ** 26 + 2 ** 21, // character device
  };
  const special = ((mode & 0o4000) !== 0 ? 2 ** 23 : 0) + ((mode & 0o2000) !== 0 ? 2 ** 22 : 0) + ((mode & 0o1000) !== 0 ? 2 ** 20 : 0);
  return (kinds[mode & 0o170000] ?? 0) + special + (mode & 0o777);
}

/** The modification time in Go's RFC3339Nano: no zeros at the end. */
export function timestamp({ mtimeNs }: BigIntStats): string {
  let seconds = mtimeNs / 1_000_000_000n;
  let nanoseconds = mtimeNs % 1_000_000_000n;
  if (nanoseconds < 0n) {
    seconds -= 1n;
    nanoseconds += 1_000_000_000n;
  }
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const fraction = String(nanoseconds).padStart(9, '0').replace(/0+$/, '');
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Linux' own limit. */
const maxLinks = 255;

/** Every link on the way followed, as far as there are files; what is missing stays as it is written. */
function finalTarget(path: string): string {
  let done = '/';
  const rest = path.split('/').filter((part) => part !== '');
  for (let links = 0; rest.length > 0; ) {
    const part = rest.shift()!;
    if (part === '.' || part === '..') {
      done = posix.join(done, part);
      continue;
    }
    const next = posix.join(done, part);
    const target = linkOf(next);
    if (target === null) {
      done = next;
      continue;
    }
    links += 1;
    if (links > maxLinks) throw Object.assign(new Error(`too many links: ${path}`), { code: 'ELOOP' });
    if (target.startsWith('/')) done = '/';
    rest.unshift(...target.split('/').filter((word) => word !== ''));
  }
  return done;
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
