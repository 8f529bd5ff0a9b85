import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/**
 * Gives a small file other content in place, for one that is bound somewhere as this very file: `rename` would leave the old one there.
 * What grows is written behind the old content first and what lies under it, which takes no more room, afterwards: on a full disk the
 * file stays as it was.
 * @throws the file system's error (ENOSPC …)
 */
export function writeInPlace(path: string, content: string): void {
  const bytes = Buffer.from(content);
  const fd = openSync(path, 'r+');
  try {
    const { size } = fstatSync(fd);
    try {
      writeAll(fd, bytes, size, bytes.length);
    } catch (error) {
      ftruncateSync(fd, size);
      throw error;
    }
    writeAll(fd, bytes, 0, Math.min(size, bytes.length));
    if (bytes.length < size) ftruncateSync(fd, bytes.length);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Buffer, start: number, end: number): void {
  for (let at = start; at < end; ) at += writeSync(fd, bytes, at, end - at, at);
}
