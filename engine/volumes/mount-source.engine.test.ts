import { chmodSync, chownSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContainerConfig, HostConfig } from '../../contract/engine-api/container.ts';
import type { StoredMount } from '../containers/collaborators.ts';
import { NotFoundError } from '../errors.ts';
import { lgetxattr, lsetxattr, mkfifo, mknod } from '../lib/syscalls/files.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import type { VolumeMountSource } from './mount-source.ts';
import { openVolumes } from './open-volumes.ts';
import type { Volumes } from './volumes.ts';

let folder: string;
let rootfs: string;
let volumes: Volumes;
let mounts: VolumeMountSource;
let events: string[];
let log: string[];
const others = new Map<string, StoredMount[]>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-volumes-'));
  rootfs = join(folder, 'rootfs');
  mkdirSync(rootfs);
  events = [];
  log = [];
  others.clear();
  await open('direct');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function open(hostFolders: 'direct' | 'refuse'): Promise<void> {
  ({ volumes, mounts } = await openVolumes({
    config: { root: join(folder, 'root'), execRoot: join(folder, 'exec'), hostFolders, socket: '/run/slipway/engine.sock' },
    events: { publish: (type, action, id) => events.push(`${type} ${action} ${id}`) },
    log: (line) => log.push(line),
    describeUser: () => undefined,
    mountsOf: (reference) => {
      const found = others.get(reference);
      if (found === undefined) throw new NotFoundError(`No such container: ${reference}`);
      return found;
    },
    images: { resolve: (reference) => Promise.reject(new NotFoundError(`No such image: ${reference}`)) },
    snapshots: {} as Snapshotter,
  }));
}

const resolve = (containerId: string, hostConfig: HostConfig, config: ContainerConfig = {}) => mounts.resolve({ containerId, config, hostConfig });
const start = (containerId: string, list: StoredMount[]) => mounts.prepare({ containerId, mounts: list, rootfs, directory: join(folder, 'container', containerId) });

describe('volumes', () => {
  it('are made, shown and removed', async () => {
    const made = await volumes.create({ Name: 'vv', Labels: { a: 'b' } });
    expect(made).toMatchObject({ Name: 'vv', Driver: 'local', Scope: 'local', Labels: { a: 'b' }, Options: null });
    expect(statSync(made.Mountpoint).isDirectory()).toBe(true);
    expect(await volumes.inspect('vv')).toEqual(made);
    expect(await volumes.create({ Name: 'vv' })).toEqual(made);
    await volumes.remove('vv', false);
    expect(existsSync(made.Mountpoint)).toBe(false);
    expect(events).toEqual(['volume create vv', 'volume destroy vv']);
    await expect(volumes.remove('vv', false)).rejects.toThrow('get vv: no such volume');
    await volumes.remove('vv', true);
  });

  it('survive the engine, names that need no escaping or all of it included', async () => {
    for (const Name of ['a-b.c_d', 'Zz9', 'x'.repeat(200)]) await volumes.create({ Name });
    await open('direct');
    expect((await volumes.list()).map((volume) => volume.Name).sort()).toEqual(['Zz9', 'a-b.c_d', 'x'.repeat(200)]);
  });

  it('are found by filters', async () => {
    await volumes.create({ Name: 'one', Labels: { kind: 'db' } });
    await volumes.create({ Name: 'two' });
    await resolve('c1', { Binds: ['two:/data'] });
    const names = async (filters: Record<string, string[]>) => (await volumes.list(filters)).map((volume) => volume.Name);
    expect(await names({ name: ['on'] })).toEqual(['one']);
    expect(await names({ label: ['kind=db'] })).toEqual(['one']);
    expect(await names({ label: ['kind=web'] })).toEqual([]);
    expect(await names({ dangling: ['true'] })).toEqual(['one']);
    expect(await names({ dangling: ['0'] })).toEqual(['two']);
    expect(() => volumes.list({ foo: ['x'] })).toThrow("Invalid filter 'foo'");
  });

  it('refuse other drivers', async () => {
    await expect(volumes.create({ Name: 'vv', Driver: 'nfs' })).rejects.toThrow('plugin "nfs" not found');
  });

  it('cannot be removed while a container uses them, also after an engine restart', async () => {
    const hostConfig = { Binds: ['vv:/data'] };
    const list = await resolve('c1', hostConfig);
    await expect(volumes.remove('vv', false)).rejects.toThrow('remove vv: volume is in use - [c1]');
    await open('direct');
    mounts.adopt({ containerId: 'c1', hostConfig, mounts: list, hasRun: true, runs: false });
    await expect(volumes.remove('vv', true)).rejects.toThrow('remove vv: volume is in use - [c1]');
    await mounts.release('c1', list, true);
    await volumes.remove('vv', false);
  });
});

describe('mounts of a container', () => {
  it('are shown as dockerd shows them and run as crun wants them', async () => {
    const hostConfig: HostConfig = {
      Binds: ['vv:/data', `${folder}/src:/src:ro`],
      Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 65536, Mode: 0o1770 } }, { Type: 'bind', Source: rootfs, Target: '/r', BindOptions: { NonRecursive: true, Propagation: 'shared' } }],
    };
    const list = await resolve('c1', hostConfig, { Volumes: { '/anonymous': {}, '/data': {} } });
    const source = (await volumes.inspect('vv')).Mountpoint;
    expect(list).toEqual([
      { Type: 'volume', Name: 'vv', Source: source, Destination: '/data', Driver: 'local', Mode: 'z', RW: true, Propagation: '' },
      { Type: 'bind', Source: `${folder}/src`, Destination: '/src', Mode: 'ro', RW: false, Propagation: 'rprivate' },
      { Type: 'tmpfs', Source: '', Destination: '/t', Mode: '', RW: true, Propagation: '', spec: { tmpfs: ['noexec', 'nosuid', 'nodev', 'rw', 'size=65536', 'mode=1770'] } },
      { Type: 'bind', Source: rootfs, Destination: '/r', Mode: '', RW: true, Propagation: 'shared', spec: { nonRecursive: true } },
      { Type: 'volume', Name: expect.stringMatching(/^[0-9a-f]{64}$/), Source: expect.any(String), Destination: '/anonymous', Driver: 'local', Mode: '', RW: true, Propagation: '' },
    ]);
    expect(statSync(join(folder, 'src')).isDirectory()).toBe(true);
    expect(mounts.toTaskMounts(list, hostConfig, '/c').map(({ type, destination, options }) => `${type} ${destination} ${options.join()}`)).toEqual([
      'bind /data rbind,rprivate',
      'bind /src rbind,rprivate,rro',
      'tmpfs /t noexec,nosuid,nodev,rw,size=65536,mode=1770',
      'bind /r bind,shared',
      'bind /anonymous rbind,rprivate',
    ]);
  });

  it('of anonymous volumes go with the container when asked, named ones never', async () => {
    const list = await resolve('c1', { Binds: ['vv:/data'] }, { Volumes: { '/anonymous': {} } });
    await mounts.release('c1', list, false);
    expect(await volumes.list()).toHaveLength(2);
    mounts.adopt({ containerId: 'c1', hostConfig: {}, mounts: list, hasRun: true, runs: false });
    mounts.adopt({ containerId: 'c2', hostConfig: {}, mounts: list, hasRun: true, runs: false });
    await mounts.release('c1', list, true);
    expect(await volumes.list()).toHaveLength(2);
    await mounts.release('c2', list, true);
    expect((await volumes.list()).map((volume) => volume.Name)).toEqual(['vv']);
  });

  it('leave nothing when one of them is bad', async () => {
    const missing = join(folder, 'missing');
    await expect(resolve('c1', { Binds: ['vv:/data'], Mounts: [{ Type: 'bind', Source: missing, Target: '/x' }] })).rejects.toThrow(
      `invalid mount config for type "bind": bind source path does not exist: ${missing}`,
    );
    writeFileSync(join(folder, 'file'), '');
    await expect(resolve('c1', { Binds: ['vv:/data', `${folder}/file/below:/x`] })).rejects.toThrow('error while creating mount source path');
    await expect(resolve('c1', { VolumeDriver: 'nfs' })).rejects.toThrow('plugin "nfs" not found');
    expect(await volumes.list()).toEqual([]);
    expect(readdirSync(join(folder, 'root/volumes'))).toEqual([]);
  });

  it('come from other containers', async () => {
    const list = await resolve('c1', { Binds: ['vv:/data'] });
    others.set('first', list);
    expect(await resolve('c2', { VolumesFrom: ['first:ro'] })).toEqual([{ ...list[0], RW: false, Mode: '' }]);
    await expect(volumes.remove('vv', false)).rejects.toThrow('[c1, c2]');
    await expect(resolve('c3', { VolumesFrom: ['nobody'] })).rejects.toThrow('No such container: nobody');
    await expect(resolve('c3', { VolumesFrom: ['first:x'] })).rejects.toThrow('invalid mode: x');
  });

  it('of folders are refused in the VM, with the engine’s socket as the one exception', async () => {
    await open('refuse');
    await expect(resolve('c1', { Binds: ['/home/me:/src'] })).rejects.toThrow(/cannot mount \/home\/me: .*named volume \(-v name:\/src\).*docker cp/);
    const list = await resolve('c1', { Binds: ['/var/run/docker.sock:/var/run/docker.sock'] });
    expect(list[0]).toMatchObject({ Type: 'bind', Source: '/var/run/docker.sock' });
    expect(mounts.toTaskMounts(list, {}, '/c')[0]).toMatchObject({ source: '/run/slipway/engine.sock', destination: '/var/run/docker.sock' });
  });
});

describe('filling a new volume', () => {
  const vv = () => join(folder, 'root/volumes/vv/_data');

  function makeImage(): void {
    const data = join(rootfs, 'data');
    mkdirSync(join(data, 'sub'), { recursive: true });
    writeFileSync(join(data, 'file'), 'content');
    linkSync(join(data, 'file'), join(data, 'sub/hard'));
    symlinkSync('/etc/passwd', join(data, 'link'));
    symlinkSync('nowhere', join(data, 'dangling'));
    mkfifo(join(data, 'fifo'), 0o620);
    mknod(join(data, 'null'), 0o20666, { major: 1, minor: 3 });
    lsetxattr(join(data, 'file'), 'user.note', 'kept');
    chownSync(join(data, 'file'), 1000, 1001);
    chmodSync(join(data, 'file'), 0o4751);
    utimesSync(join(data, 'file'), 1_000_000, 2_000_000);
    chownSync(data, 70, 70);
    chmodSync(data, 0o1777);
  }

  it('copies everything as it is', async () => {
    makeImage();
    await start('c1', await resolve('c1', { Binds: ['vv:/data'] }));
    expect(readdirSync(vv()).sort()).toEqual(['dangling', 'fifo', 'file', 'link', 'null', 'sub']);
    expect(lstatSync(vv())).toMatchObject({ uid: 70, gid: 70, mode: 0o41777 });
    const file = lstatSync(join(vv(), 'file'));
    expect(file).toMatchObject({ uid: 1000, gid: 1001, mode: 0o104751, nlink: 2, mtimeMs: 2_000_000_000 });
    expect(lstatSync(join(vv(), 'sub/hard')).ino).toBe(file.ino);
    expect(lgetxattr(join(vv(), 'file'), 'user.note')?.toString()).toBe('kept');
    expect(readlinkSync(join(vv(), 'link'))).toBe('/etc/passwd');
    expect(lstatSync(join(vv(), 'fifo')).mode).toBe(0o10620);
    expect(lstatSync(join(vv(), 'null')).rdev).toBe(statSync('/dev/null').rdev);
    expect(readdirSync(join(vv(), '..'))).toEqual(['_data']);
  });

  it('happens at the first start alone, and never over what is there', async () => {
    makeImage();
    const list = await resolve('c1', { Binds: ['vv:/data'] });
    await start('c1', list);
    for (const name of readdirSync(vv())) rmSync(join(vv(), name), { recursive: true });
    await start('c1', list);
    expect(readdirSync(vv())).toEqual([]);
    writeFileSync(join(vv(), 'mine'), '');
    await start('c2', await resolve('c2', { Binds: ['vv:/data'] }));
    expect(readdirSync(vv())).toEqual(['mine']);
  });

  it('is left out with nocopy, and where the image has nothing', async () => {
    makeImage();
    await start('c1', await resolve('c1', { Binds: ['vv:/data:nocopy', 'ww:/elsewhere', 'xx:/data/file'] }));
    await start('c2', await resolve('c2', { Mounts: [{ Type: 'volume', Source: 'vv', Target: '/data', VolumeOptions: { NoCopy: true } }] }));
    for (const name of ['vv', 'ww', 'xx']) expect(readdirSync(join(folder, 'root/volumes', name, '_data'))).toEqual([]);
  });

  it('does not follow an image’s links out of the image', async () => {
    mkdirSync(join(folder, 'outside'));
    writeFileSync(join(folder, 'outside/secret'), '');
    symlinkSync(join(folder, 'outside'), join(rootfs, 'data'));
    symlinkSync('../../../../../../../../../../../../etc', join(rootfs, 'up'));
    await start('c1', await resolve('c1', { Binds: ['vv:/data', 'ww:/up'] }));
    expect(readdirSync(vv())).toEqual([]);
    expect(readdirSync(join(folder, 'root/volumes/ww/_data'))).toEqual([]);
    mkdirSync(join(rootfs, 'real'));
    writeFileSync(join(rootfs, 'real/inside'), '');
    symlinkSync('/real', join(rootfs, 'within'));
    await start('c2', await resolve('c2', { Binds: ['zz:/within'] }));
    expect(readdirSync(join(folder, 'root/volumes/zz/_data'))).toEqual(['inside']);
  });

  it('is finished or begun again after the engine died in the middle', async () => {
    makeImage();
    const hostConfig = { Binds: ['vv:/data'] };
    const list = await resolve('c1', hostConfig);
    // In the middle of the copy:
    mkdirSync(join(vv(), '../_copying'));
    writeFileSync(join(vv(), '../_copying/half'), '');
    await open('direct');
    mounts.adopt({ containerId: 'c1', hostConfig, mounts: list, hasRun: false, runs: false });
    await start('c1', list);
    expect(readdirSync(vv())).not.toContain('half');
    expect(readFileSync(join(vv(), 'file'), 'utf8')).toBe('content');
    // In the middle of the move:
    const second = await resolve('c2', { Binds: ['ww:/data'] });
    const ww = join(folder, 'root/volumes/ww');
    mkdirSync(join(ww, '_copy'));
    writeFileSync(join(ww, '_copy/second'), '');
    writeFileSync(join(ww, '_data/first'), '');
    await start('c2', second);
    expect(readdirSync(join(ww, '_data')).sort()).toEqual(['first', 'second']);
    expect(readdirSync(ww)).toEqual(['_data']);
  });

  it('is done once when containers start at the same time', async () => {
    makeImage();
    const lists = await Promise.all(['c1', 'c2', 'c3'].map((id) => resolve(id, { Binds: ['vv:/data'] })));
    await Promise.all(lists.map((list, index) => start(`c${index + 1}`, list)));
    expect(readFileSync(join(vv(), 'file'), 'utf8')).toBe('content');
    expect(readdirSync(join(vv(), '..'))).toEqual(['_data']);
  });
});
