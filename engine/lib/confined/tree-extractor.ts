import { chmodSync, closeSync, fchmodSync, fchownSync, lchownSync, linkSync, lstatSync, mkdirSync, constants, openSync, readdirSync, rmdirSync, statfsSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import { setFileTime, setPathTime } from '../syscalls/mount-tree.ts';
import { writeXattr } from '../syscalls/xattr.ts';
import { mkfifo, mknod } from '../syscalls/files.ts';
import type { TarHeader } from '../tar/tar-header.ts';
import { bytesToText, TarError } from '../tar/tar-header.ts';
import type { TarEvent } from '../tar/tar-parser.ts';
import type { ExtractOptions } from './protocol.ts';

/** What an archive asks for and must not have. */
export class ArchiveRefusal extends Error {
  readonly code = 'refused';
}

const createNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Extracts into the calling thread's current directory as `docker cp` does: files replace what is there, folders merge.
 * The thread is confined, so a symbolic link on the way, old or just unpacked or swapped in meanwhile, leads to a place
 * that the container could write to itself. Source: moby `pkg/archive/archive.go` Unpack, texts included.
 */
export class TreeExtractor {
  readonly #options: Pick<ExtractOptions, 'keepKinds' | 'owner' | 'strip'>;
  /** For messages alone. */
  readonly #destination: string;
  #room: number;
  /** The file that is being written. */
  #file: { fd: number; header: TarHeader; left: number } | null = null;
  /** Folders whose time is set at the end, when nothing more is put into them. */
  readonly #folders: { path: Buffer; header: TarHeader }[] = [];

  constructor(destination: string, options: Pick<ExtractOptions, 'keepKinds' | 'owner' | 'strip'>) {
    this.#options = options;
    this.#destination = destination;
    const { bavail, bsize } = statfsSync('.');
    this.#room = bavail * bsize;
  }

  take(event: TarEvent): void {
    if (event.kind === 'entry') this.#entry(event.header);
    else {
      const file = this.#file;
      if (file === null) return;
      for (let offset = 0; offset < event.chunk.length; ) offset += writeSync(file.fd, event.chunk, offset);
      file.left -= event.chunk.length;
      if (file.left === 0) this.#closeFile();
    }
  }

  end(): void {
    this.close();
    for (const { path, header } of this.#folders.reverse()) attempt('ENOENT', () => setPathTime(path, header.mtime, header.mtimeNanoseconds));
  }

  /** Lets go of a file that was not written to its end. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  #entry(whole: TarHeader): void {
    const header = this.#stripped(whole);
    if (header === null) return;
    const name = cleanName(header.name);
    if (name === null) throw new ArchiveRefusal(`"${bytesToText(header.name)}" is outside of "${this.#destination}"`);
    if (header.uid > 0xfffffffe || header.gid > 0xfffffffe) throw new ArchiveRefusal(`${bytesToText(header.name)}: the owner is no 32-bit number`);
    if (header.size > this.#room) throw Object.assign(new Error(`write ${this.#shown(name)}: no space left on device`), { code: 'ENOSPC' });
    this.#room -= header.size;
    if (name === '') {
      if (header.type !== 'directory') throw new ArchiveRefusal(`"${bytesToText(header.name)}" is no name for a ${header.type}`);
      if (this.#options.strip !== undefined) this.#dress(header);
      return;
    }
    const path = Buffer.from(name, 'latin1');
    for (let attempts = 0; ; attempts += 1) {
      try {
        this.#make(path, name, header);
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Most entries come after their folder and find their name free: the rest is looked into when it turns up.
        if (attempts < 3 && code === 'ENOENT' && header.type !== 'hardlink' && name.includes('/')) mkdirSync(path.subarray(0, path.lastIndexOf(0x2f)), { recursive: true, mode: 0o755 });
        else if (attempts < 3 && code === 'EEXIST') this.#makeRoom(path, name, header);
        else throw error;
      }
    }
  }

  /** Null for what lies elsewhere in the archive. */
  #stripped(header: TarHeader): TarHeader | null {
    const { strip } = this.#options;
    if (strip === undefined) return header;
    const below = (name: string) => (name.startsWith(`${strip}/`) ? name.slice(strip.length + 1) : null);
    const name = below(header.name);
    if (name === null) return null;
    if (header.type !== 'hardlink') return { ...header, name };
    const linkName = below(header.linkName);
    if (linkName === null) throw new ArchiveRefusal(`invalid hardlink "${this.#shown(name)}" -> "${bytesToText(header.linkName)}"`);
    return { ...header, name, linkName };
  }

  /** The destination itself, as the archive has it. */
  #dress(header: TarHeader): void {
    const here = Buffer.from('.');
    this.#own(here, header);
    chmodSync(here, header.mode);
    this.#folders.push({ path: here, header });
  }

  #make(path: Buffer, name: string, header: TarHeader): void {
    switch (header.type) {
      case 'file':
        this.#openFile(path, header);
        return;
      case 'directory':
        attempt('EEXIST', () => mkdirSync(path, { mode: 0o700 }));
        if (!lstatSync(path).isDirectory()) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
        this.#own(path, header);
        chmodSync(path, header.mode);
        this.#folders.push({ path, header });
        return;
      case 'hardlink':
        this.#link(path, name, header);
        return;
      case 'symlink':
        symlinkSync(Buffer.from(header.linkName, 'latin1'), path);
        this.#own(path, header);
        break;
      case 'fifo':
      case 'character-device':
      case 'block-device':
        this.#makeNode(path, name, header);
        break;
      default:
        throw new TarError(`${name}: unknown type ${header.type satisfies never}`);
    }
    setPathTime(path, header.mtime, header.mtimeNanoseconds);
  }

  #openFile(path: Buffer, header: TarHeader): void {
    const fd = openSync(path, createNew, header.mode & 0o777);
    this.#file = { fd, header, left: header.size };
    const { uid, gid } = this.#options.owner ?? header;
    // Always: in a folder with setgid a new file has that folder's group.
    fchownSync(fd, uid, gid);
    if (header.mode > 0o777) fchmodSync(fd, header.mode);
    for (const [name, value] of Object.entries(header.xattrs)) if (isTakenXattr(name)) writeXattr(path, name, value);
    if (header.size === 0) this.#closeFile();
  }

  #closeFile(): void {
    const file = this.#file!;
    // What is written last changes the time.
    setFileTime(file.fd, file.header.mtime, file.header.mtimeNanoseconds);
    this.close();
  }

  #link(path: Buffer, name: string, header: TarHeader): void {
    const target = cleanName(header.linkName);
    if (target === null) throw new ArchiveRefusal(`invalid hardlink "${this.#shown(name)}" -> "${bytesToText(header.linkName)}"`);
    if (target === name) return;
    linkSync(Buffer.from(target, 'latin1'), path);
  }

  #makeNode(path: Buffer, name: string, header: TarHeader): void {
    // The calls take names as text.
    const text = bytesToText(name);
    if (!Buffer.from(text).equals(path)) throw new ArchiveRefusal(`${text}: the name of a device or FIFO must be UTF-8`);
    if (header.type === 'fifo') mkfifo(text, header.mode);
    else {
      const kind = header.type === 'block-device' ? constants.S_IFBLK : constants.S_IFCHR;
      mknod(text, kind | header.mode, { major: header.deviceMajor, minor: header.deviceMinor });
    }
    this.#own(path, header);
    chmodSync(path, header.mode);
  }

  #own(path: Buffer, header: TarHeader): void {
    const { uid, gid } = this.#options.owner ?? header;
    lchownSync(path, uid, gid);
    for (const [name, value] of Object.entries(header.xattrs)) if (isTakenXattr(name)) writeXattr(path, name, value);
  }

  /** Takes away what has the name; a folder stays for a folder. */
  #makeRoom(path: Buffer, name: string, header: TarHeader): void {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined) return;
    const isFolder = there.isDirectory();
    if (this.#options.keepKinds && isFolder && header.type !== 'directory') {
      throw new ArchiveRefusal(`cannot overwrite directory "${this.#shown(name)}" with non-directory "${this.#destination}"`);
    }
    if (this.#options.keepKinds && !isFolder && header.type === 'directory') {
      throw new ArchiveRefusal(`cannot overwrite non-directory "${this.#shown(name)}" with directory "${this.#destination}"`);
    }
    if (isFolder && header.type === 'directory') return;
    if (isFolder) removeFolder(path);
    else attempt('ENOENT', () => unlinkSync(path));
  }

  #shown(name: string): string {
    return `${this.#destination === '/' ? '' : this.#destination}/${bytesToText(name)}`;
  }
}

/** A folder with all in it; links in it are removed and not followed. */
export function removeFolder(path: Buffer): void {
  for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'buffer' })) {
    const child = Buffer.concat([path, Buffer.from('/'), entry.name as unknown as Buffer]);
    if (entry.isDirectory()) removeFolder(child);
    else attempt('ENOENT', () => unlinkSync(child));
  }
  rmdirSync(path);
}

function attempt(expected: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== expected) throw error;
  }
}

/** overlayfs' own would hide or redirect files; those of security modules mean something elsewhere. */
function isTakenXattr(name: string): boolean {
  return /^(security\.capability$|system\.posix_acl_(access|default)$|user\.)/.test(name) && !name.startsWith('user.overlay.');
}

/** Relative, without `.` and `..`; empty for the destination itself, null for what is outside. */
function cleanName(name: string): string | null {
  if (name.includes('\0')) return null;
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}
