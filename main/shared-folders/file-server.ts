import { statfsSync, type BigIntStats } from 'node:fs';
import { replayGid } from '../../contract/channel/shared-files.ts';
import { errnoOf, Refusal } from './fuse/errno.ts';
import { answer, answerHeaderSize, entrySize, failure, maxData, opcodes, parseRequest, readU64, texts, writeAttr, writeEntry, writeU64, type FuseRequest } from './fuse/wire.ts';
import { closeAll, createAndOpen, openFile, openFolder, openMade, readFile, readFolder, release, reopen, syncFile, writeFile } from './file-operations.ts';
import { HostChanges } from './host-changes.ts';
import { addName, attributes, getAttributes, lookup, makeFile, makeFolder, makeLink, readLink, removeName, rename, setAttributes } from './name-operations.ts';
import { NodeTree } from './node-tree.ts';
import type { Owners } from './owners.ts';
import { S_IFDIR, S_IFREG, shownTo, type ServerParts } from './server-parts.ts';
import type { SavedServer } from './saved-session.ts';
import type { Shares } from './shares.ts';

/** Flags of INIT. Source: include/uapi/linux/fuse.h. */
const FUSE = { ASYNC_READ: 1 << 0, ATOMIC_O_TRUNC: 1 << 3, BIG_WRITES: 1 << 5, AUTO_INVAL_DATA: 1 << 12, DO_READDIRPLUS: 1 << 13, READDIRPLUS_AUTO: 1 << 14, PARALLEL_DIROPS: 1 << 18, MAX_PAGES: 1 << 22 } as const;
const wanted = Object.values(FUSE).reduce((all, flag) => all | flag);

/** Whoever replays changes changes nothing. */
const refusedToReplay = new Set<number>([opcodes.MKNOD, opcodes.SYMLINK, opcodes.LINK, opcodes.RENAME, opcodes.RENAME2, opcodes.OPEN, opcodes.WRITE]);

/**
 * Serves shared folders to a kernel that speaks FUSE. It decides alone what can be reached: whoever asks, root of the guest included, gets names in shared
 * folders and nothing else. Everything but larger reads and writes is done at once, so one request never meets another one half-way; run it in a thread of
 * its own, because a slow disk stops it.
 */
export class FileServer {
  readonly #parts: ServerParts;
  readonly #changes: HostChanges;

  /** @param options.send what nobody asked for goes this way */
  constructor(options: { shares: Shares; owners: Owners; send(message: Uint8Array): void; log(line: string): void }) {
    const tree = new NodeTree(options.shares);
    this.#changes = new HostChanges(tree, options.send, options.log);
    this.#parts = { tree, owners: options.owners, open: new Map(), nextHandle: 1, witness: this.#changes };
  }

  /** Nodes that the kernel knows and files that are open there. */
  get size(): { nodes: number; open: number } {
    return { nodes: this.#parts.tree.size, open: this.#parts.open.size };
  }

  /** Another mount: what the last one knew is forgotten. */
  reset(): void {
    closeAll(this.#parts);
    this.#changes.clear();
    this.#parts.tree.clear();
  }

  /** What another server needs to go on. */
  save(): SavedServer {
    const { tree, open, nextHandle } = this.#parts;
    return { ...tree.save(), nextHandle, open: [...open].map(([handle, { node, fd, flags }]) => [handle, node.id, fd === undefined ? null : flags]) };
  }

  /** Goes on where another server stopped; files that cannot be opened any more are not open. */
  restore(saved: SavedServer): void {
    this.reset();
    this.#parts.tree.restore(saved);
    this.#parts.nextHandle = saved.nextHandle;
    for (const [handle, node, flags] of saved.open) {
      try {
        reopen(this.#parts, handle, node, flags);
      } catch {
        // EBADF for whoever has it open.
      }
    }
  }

  /** @param message a whole request. @returns the whole answer, or null where none is wanted. Never throws for what the bytes hold. */
  handle(message: Buffer): Buffer | null | Promise<Buffer> {
    const request = parseRequest(message);
    try {
      return request.gid === replayGid ? this.#replay(request) : this.#answer(request);
    } catch (error) {
      return failure(request.unique, errnoOf(error));
    }
  }

  #answer(request: FuseRequest): Buffer | null | Promise<Buffer> {
    const parts = this.#parts;
    switch (request.opcode) {
      case opcodes.INIT:
        return this.#begin(request);
      case opcodes.LOOKUP:
        return lookup(parts, request);
      case opcodes.FORGET:
        parts.tree.forget(request.nodeId, readU64(request.body, 0));
        return null;
      case opcodes.BATCH_FORGET:
        for (let index = 0, count = request.body.readUInt32LE(0); index < count; index++) parts.tree.forget(readU64(request.body, 8 + 16 * index), readU64(request.body, 16 + 16 * index));
        return null;
      case opcodes.GETATTR:
        return getAttributes(parts, request);
      case opcodes.SETATTR:
        return setAttributes(parts, request);
      case opcodes.READLINK:
        return readLink(parts, request);
      case opcodes.SYMLINK:
        return makeLink(parts, request);
      case opcodes.MKNOD:
        return makeFile(parts, request);
      case opcodes.MKDIR:
        return makeFolder(parts, request);
      case opcodes.UNLINK:
        return removeName(parts, request, 'file');
      case opcodes.RMDIR:
        return removeName(parts, request, 'folder');
      case opcodes.RENAME:
      case opcodes.RENAME2:
        return rename(parts, request, request.opcode === opcodes.RENAME2);
      case opcodes.LINK:
        return addName(parts, request);
      case opcodes.OPEN:
        return openFile(parts, request);
      case opcodes.CREATE:
        return createAndOpen(parts, request);
      case opcodes.READ:
        return readFile(parts, request);
      case opcodes.WRITE:
        return writeFile(parts, request);
      case opcodes.FSYNC:
        return syncFile(parts, request);
      case opcodes.RELEASE:
      case opcodes.RELEASEDIR:
        return release(parts, request);
      case opcodes.OPENDIR:
        return openFolder(parts, request);
      case opcodes.READDIR:
      case opcodes.READDIRPLUS:
        return readFolder(parts, request, request.opcode === opcodes.READDIRPLUS);
      case opcodes.STATFS:
        return this.#statistics(request);
      case opcodes.DESTROY:
        return answer(request.unique, 0);
      default:
        // The kernel asks once, and then does without: locks are kept in the guest, extended attributes do not exist.
        throw new Refusal('ENOSYS');
    }
  }

  #begin({ unique, body }: FuseRequest): Buffer {
    const [major, , readAhead, offered] = [0, 4, 8, 12].map((offset) => body.readUInt32LE(offset)) as [number, number, number, number];
    if (major < 7) throw new Refusal('EINVAL');
    this.reset();
    const bytes = answer(unique, 64);
    const at = answerHeaderSize;
    bytes.writeUInt32LE(7, at);
    bytes.writeUInt32LE(31, at + 4);
    bytes.writeUInt32LE(Math.max(readAhead, maxData), at + 8);
    bytes.writeUInt32LE((offered & wanted) >>> 0, at + 12);
    // Requests under way at once, and when the kernel slows down whoever makes more.
    bytes.writeUInt16LE(64, at + 16);
    bytes.writeUInt16LE(48, at + 18);
    bytes.writeUInt32LE(maxData, at + 20);
    bytes.writeUInt32LE(1, at + 24);
    bytes.writeUInt16LE(maxData / 4096, at + 28);
    return bytes;
  }

  #statistics(request: FuseRequest): Buffer {
    const { tree } = this.#parts;
    const node = tree.get(request.nodeId);
    const bytes = answer(request.unique, 80);
    const at = answerHeaderSize;
    if (tree.shareOf(node) !== undefined && !node.isDetached) {
      const { blocks, bfree, bavail, files, ffree, bsize } = statfsSync(node.kind === S_IFDIR ? tree.folderOf(node) : tree.folderOf(node.parent ?? node));
      for (const [index, value] of [blocks, bfree, bavail, files, ffree].entries()) writeU64(bytes, value, at + 8 * index);
      bytes.writeUInt32LE(bsize, at + 40);
      bytes.writeUInt32LE(bsize, at + 48);
    } else {
      bytes.writeUInt32LE(4096, at + 40);
      bytes.writeUInt32LE(4096, at + 48);
    }
    bytes.writeUInt32LE(255, at + 44);
    return bytes;
  }

  /**
   * For the one in the guest who does again what was done here, so that its kernel tells those who watch: what is made is not there before, what is removed still
   * is, and nothing is done to any file.
   */
  #replay(request: FuseRequest): Buffer | null | Promise<Buffer> {
    const { tree } = this.#parts;
    const { opcode, body, unique } = request;
    const nameAt = opcode === opcodes.LOOKUP || opcode === opcodes.UNLINK || opcode === opcodes.RMDIR ? 0 : opcode === opcodes.MKDIR ? 8 : opcode === opcodes.CREATE ? 16 : undefined;
    if (nameAt !== undefined) {
      const folder = tree.get(request.nodeId);
      const [name = ''] = texts(body, nameAt, 1);
      const replay = this.#changes.replayOf(folder, name);
      if (opcode === opcodes.LOOKUP) {
        if (replay === 'made-file' || replay === 'made-folder') throw new Refusal('ENOENT');
        if (replay === 'removed-file' || replay === 'removed-folder') return this.#former(request, name, replay === 'removed-folder');
        return lookup(this.#parts, request);
      }
      this.#changes.replayed(folder, name);
      if (opcode === opcodes.CREATE && replay === 'made-file') return openMade(this.#parts, request);
      if (opcode === opcodes.MKDIR && replay === 'made-folder') return lookup(this.#parts, { ...request, body: body.subarray(8) });
      if ((opcode === opcodes.UNLINK && replay === 'removed-file') || (opcode === opcodes.RMDIR && replay === 'removed-folder')) {
        const node = folder.children.get(name);
        if (node !== undefined) tree.detach(node);
        return answer(unique, 0);
      }
      throw new Refusal('EACCES');
    }
    if (opcode === opcodes.SETATTR) return attributes(this.#parts, request, tree.get(request.nodeId));
    if (refusedToReplay.has(opcode)) throw new Refusal('EACCES');
    return this.#answer(request);
  }

  /** Something that has just been removed, as if it were there. */
  #former(request: FuseRequest, name: string, isFolder: boolean): Buffer {
    const { tree } = this.#parts;
    const folder = tree.get(request.nodeId);
    const kind = isFolder ? S_IFDIR : S_IFREG;
    const known = folder.children.get(name);
    const node = known ?? tree.child(folder, name, kind, tree.shareOf(folder));
    const zero = 0n;
    const stats = { ino: BigInt(node.id), size: zero, blocks: zero, nlink: 1n, mode: BigInt(node.kind | 0o700), atimeNs: zero, mtimeNs: zero, ctimeNs: zero, birthtimeNs: zero } as unknown as BigIntStats;
    const bytes = answer(request.unique, entrySize);
    node.lookups++;
    writeEntry(bytes, answerHeaderSize, node.id, 0);
    writeAttr(bytes, answerHeaderSize + 40, stats, shownTo(this.#parts, request, stats));
    return bytes;
  }
}
