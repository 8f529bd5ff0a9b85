import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { Failure, messageOf } from '../../failure.ts';
import { freeSpace, importPart } from './data-disk.ts';
import { readQcow2Header } from './disk-header.ts';

/**
 * A data disk as one file that can be taken elsewhere: a line that names the format, a line of JSON ({@link ArchiveHeader}), the disk's file in
 * zstandard, and as the last line the SHA-256 in hex of everything before it.
 */
const magic = 'slipway-data 1\n';
const longestHeader = 4096;
const trailerLength = 65;
const blockLength = 64 * 1024;

export interface ArchiveHeader {
  /** Length of the disk's file. */
  bytes: number;
  /** Size of the disk as the VM sees it. */
  virtualSize: number;
  /** RFC 3339. */
  writtenAt: string;
  /** Of Slipway. */
  version: string;
}

export interface ArchiveOptions {
  signal: AbortSignal;
  /** Bytes of the disk's file, so far and in all. */
  onProgress?(done: number, total: number): void;
}

/**
 * Writes the disk at `disk`, which nobody uses meanwhile, to a new file. Answers its length. What is there under that name is replaced only once the
 * new one is whole and on the disk; a write that is cut off leaves nothing.
 * @throws Failure; VmStartError where the disk itself is damaged.
 */
export async function exportDisk(disk: string, archive: string, version: string, { signal, onProgress }: ArchiveOptions): Promise<number> {
  const found = await readQcow2Header(disk);
  if (found === null) throw new Failure('not-found', `There is no data disk at ${disk}: nothing has been started here yet.`);
  const { size: bytes } = await stat(disk);
  const header = Buffer.from(`${magic}${JSON.stringify({ bytes, virtualSize: found.virtualSize, writtenAt: new Date().toISOString(), version } satisfies ArchiveHeader)}\n`);
  const part = `${archive}.part`;
  try {
    const hash = createHash('sha256').update(header);
    let done = 0;
    await pipeline(
      createReadStream(disk, { highWaterMark: 1024 * 1024 }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          done += chunk.length;
          onProgress?.(done, bytes);
          yield chunk;
        }
      },
      createZstdCompress(),
      async function* (chunks: AsyncIterable<Buffer>) {
        yield header;
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
        yield Buffer.from(`${hash.digest('hex')}\n`);
      },
      createWriteStream(part, { mode: 0o600, flush: true }),
      { signal },
    );
    if (done !== bytes) throw new Failure('internal', `${disk} changed while it was read.`, { hint: 'Nothing may use it meanwhile. Try again.' });
    await rename(part, archive);
    await syncFolder(dirname(archive));
    return (await stat(archive)).size;
  } catch (error) {
    await rm(part, { force: true });
    throw inWords(error, `${disk} could not be exported to ${archive}`);
  }
}

/**
 * Puts the disk of an archive in the place of `disk`, which nobody uses meanwhile. It is unpacked beside it and checked in full before; then the disk
 * that was there is kept under another name, which is answered (null where there was none). At no moment there is no disk.
 * @throws Failure `invalid` when the file is no whole archive or holds a disk that points elsewhere; the old disk stays.
 */
export async function importDisk(archive: string, disk: string, { signal, onProgress }: ArchiveOptions): Promise<{ header: ArchiveHeader; aside: string | null }> {
  const part = importPart(disk);
  try {
    const { header, length, trailer, size } = await readEnds(archive);
    const free = await freeSpace(dirname(disk));
    // Compressed it takes less than unpacked; what does not even fit so is not begun.
    if (free < size) throw new Failure('unavailable', `The disk that holds ${disk} is too full: ${free} bytes are free, and the archive alone has ${size}.`, { hint: 'Free some space, then try again.' });
    await rm(part, { force: true });
    const hash = createHash('sha256').update(await firstBytes(archive, length));
    const file = await open(part, 'wx', 0o600);
    try {
      await unpack({ archive, from: length, to: size - trailerLength - 1, file, bytes: header.bytes, hash, signal, onProgress });
      if (hash.digest('hex') !== trailer) throw damaged(archive, 'its checksum is another one than it names');
      await file.sync();
    } finally {
      await file.close();
    }
    await requireSelfContained(part, archive);
    const aside = await keepAside(disk);
    await rename(part, disk);
    await syncFolder(dirname(disk));
    return { header, aside };
  } catch (error) {
    await rm(part, { force: true });
    throw inWords(error, `${archive} could not be imported`);
  }
}

/**
 * What an archive says of itself, without unpacking it. `sha256` is the one that it names; only an import proves it.
 * @throws Failure `invalid` when the file is none, or is cut off
 */
export async function readArchive(archive: string): Promise<{ header: ArchiveHeader; sha256: string; size: number }> {
  const { header, trailer, size } = await readEnds(archive);
  return { header, sha256: trailer, size };
}

async function readEnds(archive: string): Promise<{ header: ArchiveHeader; length: number; trailer: string; size: number }> {
  const file = await open(archive, 'r');
  try {
    const { size } = await file.stat();
    const start = Buffer.alloc(Math.min(size, longestHeader));
    await file.read(start, 0, start.length, 0);
    const end = start.indexOf('\n', magic.length);
    if (!start.subarray(0, magic.length).equals(Buffer.from(magic)) || end === -1) throw new Failure('invalid', `${archive} is no export of a Slipway data disk.`, { hint: 'slipway data export writes one.' });
    const length = end + 1;
    const trailer = Buffer.alloc(trailerLength);
    if (size < length + trailerLength) throw damaged(archive, 'it is cut off');
    await file.read(trailer, 0, trailerLength, size - trailerLength);
    const text = trailer.toString('latin1');
    if (!/^[0-9a-f]{64}\n$/.test(text)) throw damaged(archive, 'it is cut off');
    return { header: readHeader(start.subarray(magic.length, end).toString(), archive), length, trailer: text.trim(), size };
  } finally {
    await file.close();
  }
}

function readHeader(text: string, archive: string): ArchiveHeader {
  try {
    const header = JSON.parse(text) as ArchiveHeader;
    if (Number.isSafeInteger(header.bytes) && header.bytes > 0 && Number.isSafeInteger(header.virtualSize)) return header;
  } catch {
    // Said below.
  }
  throw damaged(archive, 'its first lines cannot be read');
}

async function firstBytes(path: string, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, 0);
    return bytes;
  } finally {
    await file.close();
  }
}

interface Unpacking {
  archive: string;
  from: number;
  to: number;
  file: FileHandle;
  bytes: number;
  hash: Hash;
  signal: AbortSignal;
  onProgress: ArchiveOptions['onProgress'];
}

/** Holes stay holes. What is longer than announced is refused before it fills the disk. */
async function unpack({ archive, from, to, file, bytes, hash, signal, onProgress }: Unpacking): Promise<void> {
  const zeros = Buffer.alloc(blockLength);
  let position = 0;
  await pipeline(
    createReadStream(archive, { start: from, end: to, highWaterMark: 1024 * 1024 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createZstdDecompress({ chunkSize: blockLength }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (position + chunk.length > bytes) throw damaged(archive, 'it holds more than it names');
        if (!chunk.equals(zeros.subarray(0, chunk.length))) await file.write(chunk, 0, chunk.length, position);
        position += chunk.length;
        onProgress?.(position, bytes);
      }
    },
    { signal },
  );
  if (position !== bytes) throw damaged(archive, 'it holds less than it names');
  await file.truncate(bytes);
}

/**
 * A qcow2 image can name other files that QEMU opens with it, a backing file or one of raw data: one that somebody else made could so show the VM
 * any file of this computer. Source: QEMU docs/interop/qcow2.txt.
 */
async function requireSelfContained(path: string, archive: string): Promise<void> {
  await readQcow2Header(path);
  const header = await firstBytes(path, 104);
  const hasBackingFile = header.readBigUInt64BE(8) !== 0n;
  const hasDataFile = header.readUInt32BE(4) >= 3 && (header.readBigUInt64BE(72) & 4n) !== 0n;
  if (hasBackingFile || hasDataFile) throw new Failure('invalid', `${archive} holds a disk that leans on another file. It was not made by slipway data export, and is not taken.`);
}

/** A second name for the disk, so that it stays when the new one takes its first. */
async function keepAside(disk: string): Promise<string | null> {
  const aside = `${disk}.before-import-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  try {
    await link(disk, aside);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    // A file system without links: for a moment there is no disk, and a copy of it all would not fit.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
    await rename(disk, aside);
  }
  return aside;
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const damaged = (archive: string, what: string): Failure =>
  new Failure('invalid', `${basename(archive)} is damaged: ${what}. Nothing was changed.`, { hint: 'Copy or export it once more; compare the sizes of the two files.' });

function inWords(error: unknown, what: string): unknown {
  if (error instanceof Failure || (error instanceof Error && (error.name === 'VmStartError' || error.name === 'AbortError'))) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code?.startsWith('ZSTD_') === true || code === 'Z_BUF_ERROR' || code === 'ERR_BUFFER_OUT_OF_BOUNDS') return damaged(what.split(' could not', 1)[0] ?? what, 'its content cannot be unpacked');
  if (code === 'ENOSPC') return new Failure('unavailable', `${what}: the disk is full.`, { hint: 'Free some space, then try again.', cause: error });
  return new Failure('internal', `${what}: ${messageOf(error)}`, { cause: error });
}
