import { closeSync, constants, fchmodSync, fchownSync, futimesSync, lchownSync, linkSync, lstatSync, chmodSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { lsetxattr, mknodMasked, SyscallError } from '../lib/syscalls/files.ts';
import { setTimes } from '../lib/syscalls/times.ts';
import type { TarHeader } from '../lib/tar/tar-header.ts';
import type { TarEvent } from '../lib/tar/tar-parser.ts';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const fileTypes = { 'character-device': constants.S_IFCHR, 'block-device': constants.S_IFBLK, fifo: constants.S_IFIFO };

/**
 * Writes entries into a folder with system calls of its own thread: several times faster than asynchronous ones, and
 * without copying every byte through a pipe to another program. Owners are numbers, modes, times and xattrs are restored.
 * Names and links must be safe, as {@link LayerRewriter} makes them; nobody else may write to the folder meanwhile.
 */
export class LayerWriter {
  readonly #root: string;
  /** Folders get mode and times at the very end: an archive may come back to one that it has left. */
  readonly #directories = new Map<string, TarHeader>();
  #file: { fd: number; header: TarHeader; remaining: number } | null = null;

  constructor(directory: string) {
    this.#root = directory;
  }

  /** The file whose content comes, as a byte string. */
  get fileName(): string | undefined {
    return this.#file?.header.name;
  }

  /** @throws the file system's error (ENOSPC …), SyscallError */
  write(event: TarEvent): void {
    if (event.kind === 'data') this.#content(event.chunk);
    else this.#entry(event.header);
  }

  /** After the last entry. */
  finish(): void {
    for (const [name, header] of this.#directories) {
      const path = this.#path(name);
      this.#own(path, header);
      chmodSync(path, header.mode);
      this.#attributes(name, header);
    }
  }

  /** Lets go of what an entry that was cut off has open. Idempotent. */
  close(): void {
    if (this.#file === null) return;
    closeSync(this.#file.fd);
    this.#file = null;
  }

  #entry(header: TarHeader): void {
    const { name, type } = header;
    const path = this.#path(name);
    switch (type) {
      case 'directory':
        this.#directory(name, path);
        this.#directories.set(name, header);
        return;
      case 'file': {
        const fd = this.#replacing(name, path, () => openSync(path, NEW_FILE, 0o600));
        this.#file = { fd, header, remaining: header.size };
        if (header.size === 0) this.#endFile();
        return;
      }
      case 'hardlink':
        this.#replacing(name, path, () => linkSync(this.#path(header.linkName), path));
        return;
      case 'symlink':
        this.#replacing(name, path, () => symlinkSync(Buffer.from(header.linkName, 'latin1'), path));
        this.#own(path, header);
        this.#attributes(name, header);
        return;
      default:
        this.#replacing(name, path, () => mknodMasked(terminated(path), fileTypes[type] | 0o600, { major: header.deviceMajor, minor: header.deviceMinor }));
        this.#own(path, header);
        chmodSync(path, header.mode);
        this.#attributes(name, header);
    }
  }

  #directory(name: string, path: string | Buffer): void {
    if (name === '' || this.#directories.has(name)) return;
    this.#replacing(name, path, () => mkdirSync(path, 0o700));
  }

  #content(chunk: Buffer): void {
    if (this.#file === null) return;
    for (let offset = 0; offset < chunk.length; ) offset += writeSync(this.#file.fd, chunk, offset, chunk.length - offset);
    this.#file.remaining -= chunk.length;
    if (this.#file.remaining === 0) this.#endFile();
  }

  #endFile(): void {
    const { fd, header } = this.#file as { fd: number; header: TarHeader };
    if (header.uid !== 0 || header.gid !== 0) fchownSync(fd, header.uid, header.gid);
    // After the owner, whose change takes setuid away.
    fchmodSync(fd, header.mode);
    const isWhole = header.mtimeNanoseconds === 0;
    if (isWhole) futimesSync(fd, header.mtime, header.mtime);
    if (!isWhole || hasXattrs(header)) this.#attributes(header.name, header);
    this.close();
  }

  #own(path: string | Buffer, { uid, gid }: TarHeader): void {
    if (uid !== 0 || gid !== 0) lchownSync(path, uid, gid);
  }

  /** Xattrs after owner and mode, whose change takes capabilities away; times last. */
  #attributes(name: string, header: TarHeader): void {
    const path = terminated(this.#path(name));
    for (const [key, value] of Object.entries(header.xattrs)) {
      try {
        lsetxattr(path, key, Buffer.from(value, 'latin1'));
      } catch (error) {
        // As with moby: the file system has none, or not for this type of file.
        if (!(error instanceof SyscallError) || !['EOPNOTSUPP', 'EPERM'].includes(error.code) || key.startsWith('trusted.overlay.')) throw error;
      }
    }
    setTimes(path, header.mtime, header.mtimeNanoseconds);
  }

  /** Runs `make`; what an earlier entry put there makes way. */
  #replacing<T>(name: string, path: string | Buffer, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (lstatSync(path).isDirectory()) for (const below of this.#directories.keys()) if (below === name || below.startsWith(`${name}/`)) this.#directories.delete(below);
    rmSync(path, { recursive: true, force: true });
    return make();
  }

  /** Names are bytes; those that are ASCII are passed as text, which is quicker. */
  #path(name: string): string | Buffer {
    const path = `${this.#root}/${name}`;
    return /^[\0-\x7f]*$/.test(name) ? path : Buffer.concat([Buffer.from(`${this.#root}/`), Buffer.from(name, 'latin1')]);
  }
}

function hasXattrs({ xattrs }: TarHeader): boolean {
  return Object.keys(xattrs).length > 0;
}

/** For C, which takes a Buffer as it is. */
function terminated(path: string | Buffer): string | Buffer {
  return typeof path === 'string' ? path : Buffer.concat([path, Buffer.alloc(1)]);
}
