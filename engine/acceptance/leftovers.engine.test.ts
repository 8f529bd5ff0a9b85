import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContainerInspect } from '../../contract/engine-api/container.ts';
import { digestOf, hexOf } from '../content/digest.ts';
import { mount } from '../lib/syscalls/files.ts';
import { cgroupDirectories } from '../runtime/cgroup.ts';
import { readHostFacts } from '../runtime/oci/host-facts.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { NativeEngine } from './fixture/native-engine.ts';
import { findLeaks } from './torture/check-leaks.ts';
import { call } from './torture/client.ts';

let engine: NativeEngine;
let root: string;

beforeAll(async () => {
  engine = await NativeEngine.start();
  root = join(engine.directory, 'root');
  const archive = busyboxArchive('bb:latest');
  await call(engine.socket, 'POST', '/images/load?quiet=1', readFileSync(archive));
  rmSync(dirname(archive), { recursive: true });
});

afterAll(async () => {
  await engine?.dispose();
});

const newId = () => randomBytes(32).toString('hex');
const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' });
const inspect = async (name: string) => (await engine.api<ContainerInspect>('GET', `/containers/${name}/json`)).body;

/** A file or folder on the way to which everything is made. @returns its path */
function plant(path: string, content: string | null = 'left'): string {
  const full = join(root, path);
  mkdirSync(content === null ? full : dirname(full), { recursive: true });
  if (content !== null) writeFileSync(full, content);
  return full;
}

test('what a crash can leave is removed by the next start, which says so, and nothing else is', async () => {
  for (const name of ['keeps', 'stopped']) {
    await engine.api('POST', `/containers/create?name=${name}`, { Image: 'bb', Cmd: ['sleep', '1000'], HostConfig: { Binds: [`${name}:/vol`], PortBindings: { '80/tcp': [{}] } } });
    await engine.api('POST', `/containers/${name}/start`);
  }
  await engine.api('POST', '/containers/stopped/stop?t=0');
  const [keeps, stopped] = [await inspect('keeps'), await inspect('stopped')];
  const bridge = /^\d+: (\S+): .* master (\S+)/m.exec(run('ip', '-o', 'link', 'show', 'type', 'veth'))![2]!;
  const alias = /alias (slipway:\S+)/.exec(run('ip', '-d', 'link', 'show', bridge))![1]!;
  const table = bridge === 'slipway0' ? 'slipway' : bridge;
  await engine.kill();

  // Files of writes that were cut off.
  const files = ['containers/x.json.1-1.tmp', 'images/images/y.json.1-2.tmp', 'network/z.json.1-3.tmp', 'snapshots/records/s.json.1-4.tmp', 'volume-records/v.json.1-5.tmp', 'content/ingest/half', 'content/blobs/sha256/half.1-6.tmp'];
  const planted = files.map((path) => plant(path));
  const garbage = `a blob that no image has ${newId()}`;
  planted.push(plant(`content/blobs/sha256/${hexOf(digestOf(Buffer.from(garbage)))}`, garbage), plant('volumes/.removed-00/_data/old'));
  // Containers that were half made, and one that was half removed.
  const [half, stray, gone] = [newId(), newId(), newId()];
  const now = new Date().toISOString();
  planted.push(plant(`containers/${half}/hosts`), plant('snapshots/9001/fs/file'), plant('snapshots/9002/fs/file'));
  planted.push(plant(`snapshots/records/${half}.json`, JSON.stringify({ key: half, value: { keyOrName: half, parent: null, kind: 'active', createdAt: now, id: 9002 } })));
  planted.push(plant('snapshots/records/unpack-7.json', JSON.stringify({ key: 'unpack-7', value: { keyOrName: 'unpack-7', parent: null, kind: 'active', createdAt: now, id: 9003 } })), plant('snapshots/9003/fs/file'));
  // A task that crun has begun and shimd does not know, with its cgroup.
  cpSync(join(root, 'exec/bundles', keeps.Id), join(root, 'exec/bundles', stray), { recursive: true });
  const config = join(root, 'exec/bundles', stray, 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(keeps.Id, stray));
  planted.push(plant(`exec/crun/${stray}`, null), join(root, 'exec/bundles', stray));
  const cgroups = cgroupDirectories(readHostFacts().cgroupVersion, `/slipway/${stray}`);
  for (const path of cgroups) mkdirSync(path, { recursive: true });
  // Mounts: of a container that does not run, of one that is gone, and on a volume.
  for (const path of [`containers/${stopped.Id}/rootfs`, `containers/${half}/rootfs`, 'volumes/stopped/_data']) mount({ target: plant(path, null), type: 'tmpfs' });
  // The network: namespace, link, bridge, rules and a record of a container that is gone.
  run('unshare', `--net=${plant('exec/netns/0123456789ab', '')}`, 'true');
  planted.push(join(root, 'exec/netns/0123456789ab'));
  run('ip', 'link', 'add', 'planted0', 'type', 'veth', 'peer', 'name', 'planted1');
  run('ip', 'link', 'set', 'planted0', 'master', bridge);
  run('ip', 'link', 'add', 'br-0123456789ab', 'type', 'bridge');
  run('ip', 'link', 'set', 'br-0123456789ab', 'alias', alias);
  run('nft', 'add', 'chain', 'inet', table, 'planted');
  const sandbox = { containerId: gone, containerName: 'gone', sandboxId: newId(), netns: null, endpoints: [], published: [], ports: {}, etcFiles: [], dns: [] };
  planted.push(plant(`exec/sandboxes/${gone}.json`, JSON.stringify({ key: gone, value: sandbox })));

  const before = engine.log.length;
  await engine.start();
  // The last of it is said once the API answers.
  await expect.poll(() => engine.log.slice(before), { timeout: 10_000 }).toMatch(/found after the start: \{"adopted":1,.*"leftovers":\d+\}/);
  const said = engine.log.slice(before);
  expect(planted.filter((path) => existsSync(path))).toEqual([]);
  expect(cgroups.filter((path) => existsSync(path))).toEqual([]);
  expect(run('ip', '-o', 'link')).not.toMatch(/planted|br-0123456789ab/);
  expect(run('nft', 'list', 'ruleset')).not.toContain('planted');
  const ids = [keeps.Id, stopped.Id];
  expect(findLeaks(root, engine.pid, { all: new Set(ids), running: new Set([keeps.Id]), paused: new Set(), endpoints: 1 })).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(`${root}/volumes/`);
  for (const words of [
    /removed 1 unfinished records of \S+\/containers/,
    /removed 1 unfinished records of \S+\/images/,
    /removed 1 unfinished records of \S+\/network/,
    /removed 1 unfinished blobs/,
    /removed 1 folders of \S+ that no snapshot has/,
    /removed 1 bridges that no network has: br-0123456789ab/,
    /removed \d+ network namespaces and 1 links/,
    new RegExp(`removed 1 tasks that were half made: ${stray.slice(0, 12)}`),
    new RegExp(`removed 2 mounts of containers that do not run: .*${stopped.Id}/rootfs`),
    new RegExp(`removed 1 folders of containers that are gone: ${half.slice(0, 12)}`),
    new RegExp(`removed 1 snapshots of containers that are gone: ${half.slice(0, 12)}`),
    /removed 1 mounts of volumes that nobody runs with/,
  ]) {
    expect(said).toMatch(words);
  }

  // What was there and whole still is.
  expect((await inspect('keeps')).State).toMatchObject({ Status: 'running', Pid: keeps.State.Pid });
  expect((await inspect('keeps')).NetworkSettings.Ports).toEqual(keeps.NetworkSettings.Ports);
  expect(await engine.api('POST', '/containers/stopped/start')).toMatchObject({ status: 204 });
  expect(readdirSync(join(root, 'volumes')).sort()).toEqual(['keeps', 'stopped']);
});
