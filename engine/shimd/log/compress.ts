import { createReadStream, createWriteStream, fstatSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const unfinished = '.gz.tmp';
let count = 0;

/**
 * Compresses the file that has just become `<path>.1`, in the background. It may be rotated on, or away, meanwhile: the
 * outcome takes the place of the file wherever that is by then. On failure the file stays as it is.
 */
export function compressRotated(path: string, maxFile: number): void {
  const temporary = `${path}.${process.pid}-${(count += 1)}${unfinished}`;
  // Now: the name may be another file's a moment later.
  const fd = openSync(`${path}.1`, 'r');
  const { ino, mtimeNs } = fstatSync(fd, { bigint: true });
  const output = createWriteStream(temporary, { mode: 0o640 });
  output.write(originMember(ino, mtimeNs));
  void pipeline(createReadStream('', { fd }), createGzip({ level: 1 }), output)
    .then(() => {
      for (let number = 1; number < maxFile; number++) {
        if (inodeOf(`${path}.${number}`) !== ino) continue;
        renameSync(temporary, `${path}.${number}.gz`);
        rmSync(`${path}.${number}`, { force: true });
        return;
      }
      rmSync(temporary, { force: true });
    })
    .catch((error: Error) => {
      rmSync(temporary, { force: true });
      process.stderr.write(`log ${path}: not compressed: ${error.message}\n`);
    });
}

/** What an earlier shimd did not finish. */
export function removeUnfinished(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(`${basename(path)}.`) && name.endsWith(unfinished)) rmSync(join(dirname(path), name), { force: true });
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { throwIfNoEntry: false, bigint: true })?.ino;
}

/**
 * An empty gzip member (RFC 1952) before the real one, whose comment says which file this was: a reader in the middle of
 * that file knows it again.
 */
function originMember(ino: bigint, mtimeNs: bigint): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 0xff]);
  const emptyBlock = Buffer.from([3, 0]);
  return Buffer.concat([header, Buffer.from(`slipway ${ino} ${mtimeNs}\0`), emptyBlock, Buffer.alloc(8)]);
}
