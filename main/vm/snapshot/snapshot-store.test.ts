import { mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SnapshotStore } from './snapshot-store.ts';

let home: string;
let store: SnapshotStore;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-snapshot-'));
  store = new SnapshotStore(join(home, 'snapshot'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function make(identity = 'this VM'): Promise<void> {
  await store.clear();
  await writeFile(store.ram, 'memory');
  await writeFile(store.state, 'state');
  await store.commit(identity);
}

describe.runIf(process.platform === 'linux')('the snapshot of a VM', () => {
  it('is made first, and restored from then on, by a new app too', async () => {
    expect(await store.plan('this VM')).toBe('make');
    await make();
    expect(await new SnapshotStore(join(home, 'snapshot')).plan('this VM')).toBe('restore');
    expect((await stat(join(home, 'snapshot'))).mode & 0o777).toBe(0o700);
  });

  it('of another VM is of no use', async () => {
    await make();
    expect(await store.plan('another QEMU')).toBe('make');
  });

  it('is none before it is whole on the disk', async () => {
    await store.clear();
    await writeFile(store.ram, 'memory');
    await writeFile(store.state, 'state');
    expect(await store.plan('this VM')).toBe('make');
  });

  it.each(['ram', 'state'] as const)('is none once somebody changed its %s', async (file) => {
    await make();
    await utimes(store[file], new Date(), new Date(Date.now() + 5000));
    expect(await store.plan('this VM')).toBe('make');
  });

  it('that fails is thrown away; after a second failure it is left at that, until the VM is another one', async () => {
    await make();
    await store.fail('this VM');
    expect(await readdir(join(home, 'snapshot'))).toEqual(['about.json']);
    expect(await store.plan('this VM')).toBe('make');
    await make();
    await store.fail('this VM');
    expect(await store.plan('this VM')).toBe('none');
    expect(await store.plan('that VM')).toBe('make');
  });

  it('is never what a VM runs on: each start has a copy, the one that lies ready or a new one', async () => {
    await make();
    await store.prepareNext();
    const inode = async (path: string) => (await stat(path)).ino;
    const [next] = (await readdir(join(home, 'snapshot'))).filter((name) => name.startsWith('next-'));
    const ready = await inode(join(home, 'snapshot', next!));
    const copy = join(home, 'ram');
    await store.copyRam(copy);
    expect(await inode(copy)).toBe(ready);
    await store.copyRam(copy);
    expect(await inode(copy)).not.toBe(await inode(store.ram));
    expect(await readFile(copy, 'utf8')).toBe('memory');
    expect(await store.plan('this VM')).toBe('restore');
  });

  it('gives no copy that lay ready when this computer was switched off: it was never synced', async () => {
    await make();
    await store.prepareNext();
    const [next] = (await readdir(join(home, 'snapshot'))).filter((name) => name.startsWith('next-'));
    const earlier = join(home, 'snapshot/next-of-an-earlier-boot');
    await rename(join(home, 'snapshot', next!), earlier);
    await writeFile(earlier, 'half a c');
    await store.copyRam(join(home, 'ram'));
    expect(await readFile(join(home, 'ram'), 'utf8')).toBe('memory');
  });
});
