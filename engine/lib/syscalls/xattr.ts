import koffi from 'koffi';
import { check, libc } from './libc.ts';

/** Extended attributes of files whose names are bytes: `path` is a Buffer without NUL, values are byte strings (latin1). */

const c = {
  list: libc.func('long llistxattr(const void *path, void *list, size_t size)'),
  get: libc.func('long lgetxattr(const void *path, const char *name, void *value, size_t size)'),
  set: libc.func('int lsetxattr(const void *path, const char *name, const void *value, size_t size, int flags)'),
};

const list = Buffer.alloc(64 * 1024);
const value = Buffer.alloc(64 * 1024);

/** All whose name `isWanted`; the common file has none. A file that is gone has none either. */
export function readXattrs(path: Buffer, isWanted: (name: string) => boolean): Record<string, string> {
  const terminated = Buffer.concat([path, Buffer.alloc(1)]);
  const length = Number(c.list(terminated, list, list.length));
  if (length <= 0) return {};
  const xattrs: Record<string, string> = {};
  for (const name of list.toString('utf8', 0, length - 1).split('\0')) {
    if (!isWanted(name)) continue;
    const size = Number(c.get(terminated, name, value, value.length));
    if (size >= 0) xattrs[name] = value.toString('latin1', 0, size);
  }
  return xattrs;
}

/** Where the file system has no such attributes, or does not let this one be set, the file goes without, as in moby. */
export function writeXattr(path: Buffer, name: string, text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const result = Number(c.set(Buffer.concat([path, Buffer.alloc(1)]), name, bytes, bytes.length, 0));
  const { EOPNOTSUPP, EPERM } = koffi.os.errno;
  if (result < 0 && ![EOPNOTSUPP, EPERM].includes(koffi.errno())) check(result, 'lsetxattr', path.toString(), name);
}
