import { closeSync, openSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The text of a file of the kernel's (/proc, cgroups), at most 64 KiB of it, on the calling thread: such a file is there at once, and a few
 * system calls cost a tenth of what as many trips to the thread pool do.
 * @throws the file system's error
 */
export function readSmallFile(path: string): string {
  const fd = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const count = readSync(fd, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0 || length === buffer.length) return buffer.toString('utf8', 0, length);
    }
  } finally {
    closeSync(fd);
  }
}
