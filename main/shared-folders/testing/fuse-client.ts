import { replayGid } from '../../../contract/channel/shared-files.ts';
import { FileServer } from '../file-server.ts';
import { opcodes, readU64, requestHeaderSize, writeU64 } from '../fuse/wire.ts';
import { Owners } from '../owners.ts';
import { Shares } from '../shares.ts';

/** What an answer says: the error's number, 0 for none, and what is behind the header. */
export interface Answer {
  errno: number;
  body: Buffer;
}

export interface FuseClient {
  server: FileServer;
  shares: Shares;
  /** What the server told without being asked. */
  told: Buffer[];
  send(opcode: number, node: number, body: Buffer, who?: { uid?: number; gid?: number }): Promise<Answer>;
  /** The node of a path, name by name. @throws Error with the errno */
  walk(path: string): Promise<number>;
  lookup(node: number, name: string, who?: { uid?: number; gid?: number }): Promise<Answer>;
  open(node: number, flags: number): Promise<number>;
  read(handle: number, size?: number): Promise<string>;
  list(node: number): Promise<string[]>;
}

/** Speaks to a server as the kernel does. @param shared as the settings have it */
export function fuseClient(shared: string[], options: { withheld?: string[]; home?: string } = {}): FuseClient {
  const shares = new Shares(options.withheld ?? [], options.home ?? '/no/home');
  shares.replace(shared);
  const told: Buffer[] = [];
  const server = new FileServer({ shares, owners: new Owners(undefined, () => undefined), send: (message) => told.push(Buffer.from(message)), log: () => undefined });
  let unique = 0;
  const client: FuseClient = {
    ...{ server, shares, told },
    async send(opcode, node, body, { uid = 0, gid = 0 } = {}) {
      const own = (unique += 2);
      const header = Buffer.alloc(requestHeaderSize);
      header.writeUInt32LE(requestHeaderSize + body.length, 0);
      header.writeUInt32LE(opcode, 4);
      writeU64(header, own, 8);
      writeU64(header, node, 16);
      header.writeUInt32LE(uid, 24);
      header.writeUInt32LE(gid, 28);
      const answer = await server.handle(Buffer.concat([header, body]));
      if (answer === null) return { errno: 0, body: Buffer.alloc(0) };
      if (answer.readUInt32LE(0) !== answer.length || readU64(answer, 8) !== own) throw new Error('an answer that is none');
      return { errno: Math.abs(answer.readInt32LE(4)), body: answer.subarray(16) };
    },
    lookup: (node, name, who) => client.send(opcodes.LOOKUP, node, text(name), who),
    async walk(path) {
      let node = 1;
      for (const name of path.split('/').filter(Boolean)) {
        const { errno, body } = await client.lookup(node, name);
        if (errno !== 0) throw new Error(`errno ${errno} at ${name}`);
        node = readU64(body, 0);
      }
      return node;
    },
    async open(node, flags) {
      const { errno, body } = await client.send(opcodes.OPEN, node, numbers(flags, 0));
      if (errno !== 0) throw new Error(`errno ${errno}`);
      return readU64(body, 0);
    },
    async read(handle, size = 4096) {
      const { errno, body } = await client.send(opcodes.READ, 0, transfer(handle, 0, size));
      if (errno !== 0) throw new Error(`errno ${errno}`);
      return body.toString();
    },
    async list(node) {
      const { body: opened } = await client.send(opcodes.OPENDIR, node, numbers(0, 0));
      const handle = readU64(opened, 0);
      const names: string[] = [];
      for (let offset = 0; ; ) {
        const { errno, body } = await client.send(opcodes.READDIR, node, transfer(handle, offset, 256));
        if (errno !== 0) throw new Error(`errno ${errno}`);
        if (body.length === 0) break;
        for (let at = 0; at < body.length; ) {
          const length = body.readUInt32LE(at + 16);
          names.push(body.toString('utf8', at + 24, at + 24 + length));
          offset = readU64(body, at + 8);
          at += 24 + ((length + 7) & ~7);
        }
      }
      await client.send(opcodes.RELEASEDIR, node, transfer(handle, 0, 0));
      return names.filter((name) => name !== '.' && name !== '..').sort();
    },
  };
  return client;
}

/** Whoever replays changes in the guest. */
export const replayer = { uid: 0, gid: replayGid };

export const text = (...names: string[]) => Buffer.concat(names.map((name) => Buffer.from(`${name}\0`)));

export function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, 4 * index));
  return bytes;
}

/** `struct fuse_read_in` and its like. */
export function transfer(handle: number, offset: number, size: number, data = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(40);
  writeU64(bytes, handle, 0);
  writeU64(bytes, offset, 8);
  bytes.writeUInt32LE(size, 16);
  return Buffer.concat([bytes, data]);
}

/** `struct fuse_setattr_in` */
export function setattr(valid: number, fields: { size?: number; mode?: number; uid?: number; gid?: number; mtime?: number }): Buffer {
  const bytes = Buffer.alloc(88);
  bytes.writeUInt32LE(valid, 0);
  writeU64(bytes, fields.size ?? 0, 16);
  writeU64(bytes, fields.mtime ?? 0, 40);
  bytes.writeUInt32LE(fields.mode ?? 0, 68);
  bytes.writeUInt32LE(fields.uid ?? 0, 76);
  bytes.writeUInt32LE(fields.gid ?? 0, 80);
  return bytes;
}

/** Out of a `struct fuse_attr` at an offset. */
export function attrOf(body: Buffer, offset: number): { size: number; mode: number; uid: number; gid: number } {
  return { size: readU64(body, offset + 8), mode: body.readUInt32LE(offset + 60), uid: body.readUInt32LE(offset + 68), gid: body.readUInt32LE(offset + 72) };
}
