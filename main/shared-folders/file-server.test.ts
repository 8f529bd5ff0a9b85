import fc from 'fast-check';
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReplay } from '../../contract/channel/shared-files.ts';
import { opcodes, readU64 } from './fuse/wire.ts';
import { SavedSession } from './saved-session.ts';
import { attrOf, fuseClient, numbers, replayer, setattr, text, transfer, type FuseClient } from './testing/fuse-client.ts';

let folder: string;
let shared: string;
let client: FuseClient;

const [ENOENT, EACCES, EEXIST, EINVAL, EROFS, ENAMETOOLONG, ENOSYS, ESTALE, EBADF] = [2, 13, 17, 22, 30, 36, 38, 116, 9];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-shared-')));
  shared = join(folder, 'shared');
  mkdirSync(join(shared, 'sub'), { recursive: true });
  writeFileSync(join(shared, 'file'), 'content');
  writeFileSync(join(folder, 'secret'), 'secret');
  client = fuseClient([shared]);
});
afterEach(() => {
  client.server.reset();
  rmSync(folder, { recursive: true, force: true });
});

describe('what can be reached', () => {
  it('are shared folders and the ways to them', async () => {
    expect(await client.list(1)).toEqual([folder.split('/')[1]]);
    expect(await client.list(await client.walk(folder))).toEqual(['shared']);
    expect(await client.list(await client.walk(shared))).toEqual(['file', 'sub']);
    expect((await client.lookup(await client.walk(folder), 'secret')).errno).toBe(ENOENT);
    expect((await client.send(opcodes.MKDIR, await client.walk(folder), Buffer.concat([numbers(0o755, 0), text('new')]))).errno).toBe(EACCES);
  });

  it.each(['.', '..', '', 'a/b', '../secret', 'x'.repeat(256), '\uFFFD'])('is nothing that is called %j', async (name) => {
    const node = await client.walk(shared);
    const { errno } = await client.lookup(node, name);
    expect([EINVAL, ENAMETOOLONG, ENOENT]).toContain(errno);
    expect([EINVAL, ENAMETOOLONG]).toContain((await client.send(opcodes.MKDIR, node, Buffer.concat([numbers(0o755, 0), text(name)]))).errno);
    expect([EINVAL, ENAMETOOLONG]).toContain((await client.send(opcodes.RENAME, node, Buffer.concat([numbers(node, 0), text('file', name)]))).errno);
  });

  it.runIf(process.platform === 'linux')('is nothing behind a link, not even one that took a folder’s place after it was looked up', async () => {
    symlinkSync(folder, join(shared, 'out'));
    const out = await client.walk(join(shared, 'out'));
    expect((await client.send(opcodes.READLINK, out, Buffer.alloc(0))).body.toString()).toBe(folder);
    for (const operation of [client.lookup(out, 'secret'), client.send(opcodes.MKDIR, out, Buffer.concat([numbers(0o755, 0), text('made')])), client.send(opcodes.UNLINK, out, text('secret'))]) {
      expect((await operation).errno).not.toBe(0);
    }
    const sub = await client.walk(join(shared, 'sub'));
    rmSync(join(shared, 'sub'), { recursive: true });
    symlinkSync(folder, join(shared, 'sub'));
    expect((await client.lookup(sub, 'secret')).errno).not.toBe(0);
    expect((await client.send(opcodes.CREATE, sub, Buffer.concat([numbers(1, 0o644, 0, 0), text('made')]))).errno).not.toBe(0);
    const file = await client.walk(join(shared, 'file'));
    unlinkSync(join(shared, 'file'));
    symlinkSync(join(folder, 'secret'), join(shared, 'file'));
    await expect(client.open(file, 0)).rejects.toThrow('errno');
    for (const change of [setattr(1, { mode: 0o777 }), setattr(8, { size: 0 })]) expect((await client.send(opcodes.SETATTR, file, change)).errno).not.toBe(0);
    expect({ text: readFileSync(join(folder, 'secret'), 'utf8'), mode: statSync(join(folder, 'secret')).mode & 0o777, made: existsSync(join(folder, 'made')) }).toEqual({ text: 'secret', mode: 0o644, made: false });
  });

  it('is no pipe of this computer, which would stop everybody', async () => {
    expect((await client.send(opcodes.MKNOD, await client.walk(shared), Buffer.concat([numbers(0o010644, 0, 0, 0), text('pipe')]))).errno).toBe(1);
  });

  it('follows the settings: what is taken out is closed at once, even by its number', async () => {
    const node = await client.walk(shared);
    const file = await client.walk(join(shared, 'file'));
    client.shares.replace([join(shared, 'sub')]);
    expect((await client.send(opcodes.GETATTR, file, numbers(0, 0, 0, 0))).errno).toBe(EACCES);
    expect(await client.list(node)).toEqual(['sub']);
    client.shares.replace([`${shared}:ro`]);
    expect(await client.read(await client.open(file, 0))).toBe('content');
    await expect(client.open(file, 1)).rejects.toThrow(`errno ${EROFS}`);
    expect((await client.send(opcodes.UNLINK, node, text('file'))).errno).toBe(EROFS);
    expect((await client.send(opcodes.SETATTR, file, setattr(1, { mode: 0o777 }))).errno).toBe(EROFS);
  });

  it('of a home folder is nothing whose name begins with a dot, unless it is shared by itself', async () => {
    mkdirSync(join(shared, '.ssh'));
    mkdirSync(join(shared, '.config/tool'), { recursive: true });
    mkdirSync(join(shared, 'sub/.git'));
    client = fuseClient([shared, join(shared, '.config/tool')], { home: shared, withheld: [join(shared, 'state')] });
    mkdirSync(join(shared, 'state'));
    expect(await client.list(await client.walk(shared))).toEqual(['.config', 'file', 'sub']);
    expect(await client.list(await client.walk(join(shared, '.config')))).toEqual(['tool']);
    expect(await client.list(await client.walk(join(shared, 'sub')))).toEqual(['.git']);
    for (const name of ['.ssh', 'state']) {
      expect((await client.lookup(await client.walk(shared), name)).errno).toBe(ENOENT);
      expect((await client.send(opcodes.RENAME, await client.walk(shared), Buffer.concat([numbers(await client.walk(shared), 0), text('file', name)]))).errno).not.toBe(0);
    }
  });
});

describe('files', () => {
  it('are made, written, read, renamed and removed', async () => {
    const node = await client.walk(shared);
    const { body } = await client.send(opcodes.CREATE, node, Buffer.concat([numbers(2, 0o750, 0, 0), text('made')]));
    const [made, handle] = [readU64(body, 0), readU64(body, 128)];
    expect((await client.send(opcodes.WRITE, made, transfer(handle, 3, 4, Buffer.from('data')))).body.readUInt32LE(0)).toBe(4);
    expect(await client.read(handle)).toBe('\0\0\0data');
    expect(lstatSync(join(shared, 'made')).mode & 0o7777).toBe(0o750);
    expect((await client.send(opcodes.RENAME, node, Buffer.concat([numbers(await client.walk(join(shared, 'sub')), 0), text('made', 'moved')]))).errno).toBe(0);
    expect(await client.walk(join(shared, 'sub/moved'))).toBe(made);
    expect((await client.send(opcodes.UNLINK, await client.walk(join(shared, 'sub')), text('moved'))).errno).toBe(0);
    // Open files outlive their names.
    expect(await client.read(handle)).toBe('\0\0\0data');
    expect(attrOf((await client.send(opcodes.GETATTR, made, numbers(0, 0, 0, 0))).body, 16)).toMatchObject({ size: 7 });
    await client.send(opcodes.RELEASE, made, transfer(handle, 0, 0));
    expect(client.server.size.open).toBe(0);
  });

  it('belong to whoever looks, until a container gives them to somebody', async () => {
    const node = await client.walk(shared);
    expect(attrOf((await client.lookup(node, 'file', { uid: 1000, gid: 100 })).body, 40)).toMatchObject({ uid: 1000, gid: 100 });
    const file = await client.walk(join(shared, 'file'));
    expect((await client.send(opcodes.SETATTR, file, setattr(2 | 4, { uid: 999, gid: 998 }))).errno).toBe(0);
    renameSync(join(shared, 'file'), join(shared, 'renamed'));
    expect(attrOf((await client.lookup(node, 'renamed', { uid: 1000 })).body, 40)).toMatchObject({ uid: 999, gid: 998 });
  });

  it('never lend their owner’s rights', async () => {
    chmodSync(join(shared, 'file'), 0o6755);
    expect(attrOf((await client.lookup(await client.walk(shared), 'file')).body, 40).mode & 0o7777).toBe(0o755);
    await client.send(opcodes.SETATTR, await client.walk(join(shared, 'file')), setattr(1, { mode: 0o4755 }));
    expect(statSync(join(shared, 'file')).mode & 0o7777).toBe(0o755);
  });

  it('are appended to at their end as it is here', async () => {
    const file = await client.walk(join(shared, 'file'));
    const handle = await client.open(file, 1 | 0o2000);
    appendFileSync(join(shared, 'file'), ' more');
    await client.send(opcodes.WRITE, file, transfer(handle, 7, 1, Buffer.from('!')));
    expect(readFileSync(join(shared, 'file'), 'utf8')).toBe('content more!');
  });

  it('that the kernel forgets are forgotten here', async () => {
    const before = client.server.size.nodes;
    const file = await client.walk(join(shared, 'file'));
    expect(client.server.size.nodes).toBeGreaterThan(before);
    let at = file;
    // Each was looked up once, by walk().
    for (; at > 1; at--) await client.send(opcodes.FORGET, at, numbers(1, 0));
    expect(client.server.size.nodes).toBe(before);
    expect((await client.send(opcodes.GETATTR, file, numbers(0, 0, 0, 0))).errno).toBe(ESTALE);
  });

  it('are listed with what they are in one go', async () => {
    const node = await client.walk(shared);
    const handle = readU64((await client.send(opcodes.OPENDIR, node, numbers(0, 0))).body, 0);
    const { body } = await client.send(opcodes.READDIRPLUS, node, transfer(handle, 0, 4096));
    const names: Record<string, number> = {};
    for (let at = 0; at < body.length; ) {
      const length = body.readUInt32LE(at + 144);
      names[body.toString('utf8', at + 152, at + 152 + length)] = readU64(body, at);
      at += 152 + ((length + 7) & ~7);
    }
    expect(names).toEqual({ '.': 0, '..': 0, file: await client.walk(join(shared, 'file')), sub: await client.walk(join(shared, 'sub')) });
  });
});

describe('changes on this computer', () => {
  const replays = () => client.told.flatMap((message) => parseReplay(message) ?? []).map(({ kind, path }) => `${kind} ${Buffer.from(path).toString().slice(shared.length + 1)}`);

  it('are told once, what came from the guest is not, and replaying them changes nothing', async () => {
    const node = await client.walk(shared);
    await client.list(node);
    // From the guest.
    const handle = await client.open(await client.walk(join(shared, 'file')), 1);
    await client.send(opcodes.WRITE, 0, transfer(handle, 0, 5, Buffer.from('guest')));
    await client.send(opcodes.MKDIR, node, Buffer.concat([numbers(0o755, 0), text('from-guest')]));
    // From here.
    writeFileSync(join(shared, 'made'), 'made');
    mkdirSync(join(shared, 'folder'));
    await expect.poll(() => replays().sort()).toEqual(['made-file made', 'made-folder folder']);
    // To the one who replays it, it is not there yet; to everybody else it is.
    expect((await client.lookup(node, 'made', replayer)).errno).toBe(ENOENT);
    expect((await client.lookup(node, 'made')).errno).toBe(0);
    expect((await client.send(opcodes.CREATE, node, Buffer.concat([numbers(0o301, 0o600, 0, 0), text('made')]), replayer)).errno).toBe(0);
    expect((await client.send(opcodes.MKDIR, node, Buffer.concat([numbers(0o755, 0), text('folder')]), replayer)).errno).toBe(0);
    expect((await client.lookup(node, 'made', replayer)).errno).toBe(0);
    expect(readFileSync(join(shared, 'made'), 'utf8')).toBe('made');

    client.told.length = 0;
    writeFileSync(join(shared, 'made'), 'changed');
    await expect.poll(replays).toEqual(['modified made']);
    unlinkSync(join(shared, 'made'));
    await expect.poll(() => replays().at(-1)).toBe('removed-file made');
    expect((await client.lookup(node, 'made')).errno).toBe(ENOENT);
    expect((await client.lookup(node, 'made', replayer)).errno).toBe(0);
    expect((await client.send(opcodes.UNLINK, node, text('made'), replayer)).errno).toBe(0);
    // Nothing that is not being replayed can be touched that way.
    for (const request of [client.send(opcodes.UNLINK, node, text('file'), replayer), client.send(opcodes.MKDIR, node, Buffer.concat([numbers(0o755, 0), text('x')]), replayer), client.send(opcodes.WRITE, 0, transfer(handle, 0, 1, Buffer.from('x')), replayer)]) {
      expect((await request).errno).toBe(EACCES);
    }
    expect((await client.send(opcodes.SETATTR, await client.walk(join(shared, 'file')), setattr(8, { size: 0 }), replayer)).errno).toBe(0);
    expect(readFileSync(join(shared, 'file'), 'utf8')).toBe('guestnt');
  });
});

it('another server goes on with the same numbers, and one that knows another mount does not', async () => {
  const saved = new SavedSession(join(folder, 'session.json'));
  const node = await client.walk(join(shared, 'sub'));
  await client.send(opcodes.CREATE, node, Buffer.concat([numbers(2, 0o644, 0, 0), text('made')]));
  const handle = await client.open(await client.walk(join(shared, 'file')), 2);
  saved.write('mount', client.server.save());
  const next = fuseClient([shared]);
  expect(saved.take('other')).toBeUndefined();
  expect(saved.take('mount')).toBeUndefined();
  saved.write('mount', client.server.save());
  next.server.restore(saved.take('mount')!);
  expect(await next.read(handle)).toBe('content');
  expect(await next.list(node)).toEqual(['made']);
  await next.send(opcodes.WRITE, 0, transfer(handle, 0, 3, Buffer.from('CON')));
  expect(readFileSync(join(shared, 'file'), 'utf8')).toBe('CONtent');
  // What comes next gets numbers that nobody has.
  const known = new Set([...client.server.save().nodes.map(([id]) => id)]);
  mkdirSync(join(shared, 'more'));
  expect(known).not.toContain(await next.walk(join(shared, 'more')));
  next.server.reset();
});

describe('requests that no kernel makes', () => {
  it('are refused one by one', async () => {
    expect((await client.send(99, 1, Buffer.alloc(0))).errno).toBe(ENOSYS);
    expect((await client.send(opcodes.GETATTR, 4711, numbers(0, 0, 0, 0))).errno).toBe(ESTALE);
    expect((await client.send(opcodes.READ, 1, transfer(4711, 0, 10))).errno).toBe(EBADF);
    expect((await client.send(opcodes.WRITE, 1, transfer(await client.open(await client.walk(join(shared, 'file')), 1), 0, 1000))).errno).toBe(EINVAL);
    expect((await client.send(opcodes.LOOKUP, 1, Buffer.from('no end'))).errno).toBe(EINVAL);
    expect((await client.send(opcodes.CREATE, await client.walk(shared), Buffer.concat([numbers(0o201, 0o644, 0, 0), text('file')]))).errno).toBe(EEXIST);
    // A count that the body does not hold, and one byte short of everything.
    await expect(client.send(opcodes.BATCH_FORGET, 0, numbers(0xffffffff, 0))).resolves.toMatchObject({ errno: EINVAL });
    expect((await client.send(opcodes.RENAME, 1, Buffer.alloc(3))).errno).toBe(EINVAL);
  });

  it('whatever they hold, get an answer, stay inside, and leave a server that serves', async () => {
    const known = [1, await client.walk(shared), await client.walk(join(shared, 'sub')), await client.walk(join(shared, 'file'))];
    const body = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.tuple(fc.uint8Array({ maxLength: 24 }), fc.constantFrom('file\0', 'sub\0', '..\0', '../secret\0', 'a\0b\0')).map(([head, name]) => new Uint8Array([...head, ...Buffer.from(name)])));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.constantFrom(...known, 0, 2 ** 40), body, async (opcode, node, bytes) => {
        // INIT is a new mount.
        if (opcode !== opcodes.INIT) await client.send(opcode, node, Buffer.from(bytes));
        expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('secret');
      }),
      { numRuns: 500 },
    );
    expect(await client.list(1)).toEqual([folder.split('/')[1]]);
  });
});
