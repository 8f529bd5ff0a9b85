import { InvalidParameterError } from '../errors.ts';
import type { TarHeader } from '../lib/tar/tar-header.ts';
import { bytesToText, plainEntry } from '../lib/tar/tar-header.ts';
import type { TarEvent } from '../lib/tar/tar-parser.ts';
import { checkComponents, splitName } from './layer-names.ts';

export interface LayerLimits {
  /** Bytes of all files of the layer. */
  bytes: number;
  entries: number;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** aufs' own bookkeeping; moby skips it too. */
const AUFS_METADATA = '.wh..wh.';
const OPAQUE_XATTR = 'trusted.overlay.opaque';

const emptyDirectory: TarHeader = { ...plainEntry, name: '', type: 'directory', mode: 0o755 };

/**
 * Turns a layer's entries into those that are safe to write into an empty folder, in this order, and mean the same to
 * overlayfs: whiteouts become character devices 0/0, opaque markers an xattr, names become relative to the folder, and
 * nothing reaches outside it. A folder may come again, with what is to be its own in the end. Sources: OCI image-spec `layer.md`; moby `pkg/archive/diff.go`; kernel `filesystems/overlayfs`.
 *
 * Device nodes stay, as with moby: a container may make the same ones with its default capabilities, and the device
 * cgroup is what guards them.
 */
export class LayerRewriter {
  readonly #limits: LayerLimits;
  /** What each path is so far, `` being the root. */
  readonly #entries = new Map<string, TarHeader['type'] | 'whiteout'>();
  /** Headers of the folders, to write them again once they turn out to be opaque. */
  readonly #directories = new Map<string, TarHeader>();
  #isWriting = false;
  /** The folder of the last entry, all of it folders; most entries lie beside the one before. */
  #knownParent: string | null = null;
  /** Bytes of all files so far. */
  size = 0;
  count = 0;

  constructor(limits: LayerLimits) {
    this.#limits = limits;
    this.#entries.set('', 'directory');
  }

  /** Whether the layer says what owner and mode the root folder has. */
  get hasRoot(): boolean {
    return this.#directories.has('');
  }

  /** @throws InvalidParameterError for an entry that leaves the layer or breaks a limit */
  *rewrite(event: TarEvent): Generator<TarEvent, void, void> {
    if (event.kind === 'entry') yield* this.#entry(event.header);
    else if (this.#isWriting) yield event;
  }

  *#entry(header: TarHeader): Generator<TarEvent, void, void> {
    this.#isWriting = false;
    this.count += 1;
    // A symbolic link is as long as what it says.
    this.size += header.type === 'symlink' ? header.linkName.length : header.size;
    const { name } = header;
    if (this.count > this.#limits.entries) throw refuse(name, `the layer has more than ${this.#limits.entries} entries`);
    if (this.size > this.#limits.bytes) throw refuse(name, `the layer's files have more than ${this.#limits.bytes} bytes, which is what is free on the disk`);
    if (header.uid > 0xfffffffe || header.gid > 0xfffffffe) throw refuse(name, 'the owner is no 32-bit number');
    const parts = splitName(header.name);
    checkComponents(parts);
    const base = parts.at(-1) ?? '';
    yield* this.#parents(parts, name);
    if (base === OPAQUE) yield* this.#opaque(parts.slice(0, -1).join('/'));
    else if (base.startsWith(AUFS_METADATA)) return;
    else if (base.startsWith(WHITEOUT)) yield* this.#whiteout(parts, base.slice(WHITEOUT.length));
    else yield* this.#plain(parts.join('/'), header);
  }

  *#plain(path: string, header: TarHeader): Generator<TarEvent, void, void> {
    const name = path;
    if (path === '' && header.type !== 'directory') throw refuse('/', `the root is a ${header.type}`);
    let type: TarHeader['type'] | 'whiteout' = header.type;
    let linkName = header.linkName;
    switch (header.type) {
      case 'hardlink': {
        linkName = this.#linkTarget(header, name);
        type = this.#entries.get(linkName) ?? 'file';
        // A link to itself is what some writers make of a file that they saw twice.
        if (linkName === path) return;
        break;
      }
      case 'symlink':
        if (linkName === '' || linkName.length > 4095) throw refuse(name, 'the target of the symbolic link is empty or too long');
        break;
      case 'character-device':
        if (header.deviceMajor === 0 && header.deviceMinor === 0) throw refuse(name, 'a character device 0/0 would be a whiteout in disguise');
        break;
      case 'file':
      case 'directory':
      case 'block-device':
      case 'fifo':
        break;
      default:
        throw refuse(name, `unknown type ${header.type satisfies never}`);
    }
    const isHidden = this.#entries.get(path) === 'whiteout';
    if (this.#entries.has(path)) this.#set(path, type);
    else this.#entries.set(path, type);
    const clean = { ...header, name: path, linkName, xattrs: keptXattrs(header.xattrs), userName: '', groupName: '', ...keptTime(header) };
    if (header.type === 'directory') {
      // A whiteout speaks of lower layers only: the folder is there, but nothing of a lower one shows in it.
      if (isHidden || this.#directories.get(path)?.xattrs[OPAQUE_XATTR] !== undefined) clean.xattrs[OPAQUE_XATTR] = 'y';
      this.#directories.set(path, clean);
    }
    yield { kind: 'entry', header: clean };
    this.#isWriting = true;
  }

  /** A hard link's target as the name it is extracted under. */
  #linkTarget(header: TarHeader, name: string): string {
    const parts = splitName(header.linkName);
    checkComponents(parts);
    const target = parts.join('/');
    const type = this.#entries.get(target);
    if (type === undefined) throw refuse(name, `it is a hard link to ${bytesToText(target)}, which the layer does not hold before it`);
    if (type === 'directory' || type === 'whiteout') throw refuse(name, `it is a hard link to the ${type} ${bytesToText(target)}`);
    // The target was put there through folders; since then one of them may have become a link.
    for (let depth = 1; depth < parts.length; depth += 1) {
      const path = parts.slice(0, depth).join('/');
      if (this.#entries.get(path) !== 'directory') throw refuse(name, `${bytesToText(path)} above its target is no folder any more`);
    }
    return target;
  }

  *#whiteout(parts: string[], hidden: string): Generator<TarEvent, void, void> {
    const path = [...parts.slice(0, -1), hidden].join('/');
    if (hidden === '' || hidden === '.' || hidden === '..') throw refuse(parts.join('/'), 'it is a whiteout of no name');
    const present = this.#entries.get(path);
    if (present === 'directory') yield* this.#opaque(path);
    // What this layer brings stays: a whiteout speaks of lower layers only.
    if (present !== undefined) return;
    this.#set(path, 'whiteout');
    yield { kind: 'entry', header: { ...emptyDirectory, name: path, type: 'character-device', mode: 0 } };
  }

  *#opaque(path: string): Generator<TarEvent, void, void> {
    const header = this.#directories.get(path) ?? { ...emptyDirectory, name: path, xattrs: {} };
    header.xattrs[OPAQUE_XATTR] = 'y';
    this.#directories.set(path, header);
    yield { kind: 'entry', header };
  }

  /** Sees to it that the folders above an entry are folders of this layer, and writes those that it left out. */
  *#parents(parts: string[], name: string): Generator<TarEvent, void, void> {
    const parent = parts.slice(0, -1).join('/');
    if (parent === this.#knownParent) return;
    for (let depth = 1; depth < parts.length; depth += 1) {
      const path = parts.slice(0, depth).join('/');
      if ((parts[depth - 1] ?? '').startsWith(WHITEOUT)) throw refuse(name, 'it lies below a whiteout');
      const type = this.#entries.get(path);
      if (type === undefined || type === 'whiteout') {
        const xattrs: Record<string, string> = type === 'whiteout' ? { [OPAQUE_XATTR]: 'y' } : {};
        const header = { ...emptyDirectory, name: path, xattrs };
        this.#entries.set(path, 'directory');
        this.#directories.set(path, header);
        yield { kind: 'entry', header };
      } else if (type !== 'directory') throw refuse(name, `${bytesToText(path)} above it is a ${type}`);
    }
    this.#knownParent = parent;
  }

  /** Notes what a path is now. */
  #set(path: string, type: TarHeader['type'] | 'whiteout'): void {
    if (type !== 'directory') this.#knownParent = null;
    this.#entries.set(path, type);
  }
}

/**
 * Capabilities, ACLs and what users set. Not overlayfs' own (they would redirect or hide files of other layers), nor
 * those of security modules, which mean something on the machine where the layer was made.
 */
function keptXattrs(xattrs: Record<string, string>): Record<string, string> {
  const isKept = (name: string) =>
    /^(security\.capability|system\.posix_acl_(access|default)|(user|trusted)\.[^=%\0]+)$/.test(name) && !/^(user|trusted)\.overlay\./.test(name);
  return Object.fromEntries(Object.entries(xattrs).filter(([name]) => isKept(name)));
}

/** Times before 1970 and beyond what file systems hold become 1970, as with moby. */
function keptTime({ mtime, mtimeNanoseconds }: TarHeader): Pick<TarHeader, 'mtime' | 'mtimeNanoseconds'> {
  return mtime < 0 || mtime > 2 ** 33 ? { mtime: 0, mtimeNanoseconds: 0 } : { mtime, mtimeNanoseconds };
}

/** @param name a byte string */
function refuse(name: string, reason: string): InvalidParameterError {
  return new InvalidParameterError(`the layer cannot be unpacked: ${bytesToText(name)}: ${reason}`);
}
