import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ContainerInspect } from '../../contract/engine-api/container.ts';
import { dockerArchive, makeImage } from '../testing/image-fixture.ts';
import type { RegistryFixture } from '../testing/registry-fixture.ts';
import { startRegistry } from '../testing/registry-fixture.ts';
import { makeTar } from '../testing/tar-fixture.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';
import { call, textOf } from './torture/client.ts';
import type { Answer } from './torture/client.ts';

/** A tmpfs, which every machine has; `SLIPWAY_DISK=ext4` makes it what the VM has, for patient people. */
const diskType = process.env['SLIPWAY_DISK'] === 'ext4' ? 'ext4' : 'tmpfs';
if (diskType === 'ext4') vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** What a client reads when there is no room: the kernel's name of it, or its words. */
const noRoom = /ENOSPC|no space left on device|free on the disk/i;
const patience = { timeout: 20_000, interval: 50 };

let engine: NativeEngine;
let registry: RegistryFixture;
let filler: string;

beforeAll(async () => {
  engine = await NativeEngine.start({ diskSize: '96m', diskType });
  filler = join(engine.directory, 'filler');
  const archive = busyboxArchive('bb:latest');
  expect((await ask('POST', '/images/load?quiet=1', readFileSync(archive))).status).toBe(200);
  rmSync(dirname(archive), { recursive: true });
  registry = await startRegistry();
  await registry.pushImage('pulled', 'latest', makeImage([[{ name: 'big', content: noise(3_000_000) }]], { compression: 'gzip' }));
  // Fills a volume from its image, and says without end what it does.
  const image = makeImage([[{ name: 'data/' }, { name: 'data/big', content: noise(2_000_000) }]], { compression: 'none' });
  await ask('POST', '/images/load?quiet=1', dockerArchive([{ image, tags: ['withdata:latest'] }]));
  await create('witness', ['sh', '-c', 'i=0; while :; do echo $i; i=$((i+1)); usleep 5000; done']);
  await ask('POST', '/containers/witness/start');
});

afterEach(() => free());

afterAll(async () => {
  free();
  await engine?.dispose();
  await registry?.[Symbol.asyncDispose]();
});

function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, state = 1; at < length; at += 1) bytes[at] = (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  return bytes;
}

const ask = (method: string, path: string, body?: unknown): Promise<Answer> => call(engine.socket, method, path, body);
const create = (name: string, command: string[], more: object = {}) => ask('POST', `/containers/create?name=${name}`, { Image: 'bb', Cmd: command, ...more });
const inspect = async (name: string) => JSON.parse((await ask('GET', `/containers/${name}/json`)).body.toString()) as ContainerInspect;
const logLines = async (name: string) => textOf((await ask('GET', `/containers/${name}/logs?stdout=1&stderr=1`)).body).split('\n');

/** Nothing can be written any more. */
function fill(): void {
  // ext4 gives back what was removed with its next commit only: what comes to light then is filled too.
  for (const size of [1024 * 1024, 4096, 4096]) {
    const fd = openSync(filler, 'a');
    try {
      fsyncSync(fd);
      for (;;) writeSync(fd, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(fd);
    }
  }
}

function free(): void {
  rmSync(filler, { force: true });
}

/** The words of a failure, wherever the endpoint puts them; undefined for a success. */
function failureOf({ status, body }: Answer): string | undefined {
  return status >= 400 || /"errorDetail"|"error"/.test(body.toString()) ? body.toString() : undefined;
}

interface Case {
  what: string;
  /** While there is room. */
  before?: () => Promise<unknown>;
  /** Fails on a full disk, and succeeds afterwards. */
  act: () => Promise<Answer>;
  /** What must be so after the failure, while there is no room. */
  refused?: () => Promise<unknown>;
  /** What must be so after the success. */
  after?: () => Promise<unknown>;
}

const cases: Case[] = [
  { what: 'pull', act: () => ask('POST', `/images/create?fromImage=${registry.host}/pulled&tag=latest`), after: () => ask('DELETE', `/images/${registry.host}/pulled:latest`) },
  {
    what: 'load',
    act: () => ask('POST', '/images/load?quiet=1', dockerArchive([{ image: makeImage([[{ name: 'big', content: noise(2_500_000) }]], { compression: 'none' }), tags: ['loaded:latest'] }])),
    after: () => ask('DELETE', '/images/loaded:latest'),
  },
  { what: 'import', act: () => ask('POST', '/images/create?fromSrc=-&repo=imported', makeTar([{ name: 'big', content: noise(2_600_000) }])), after: () => ask('DELETE', '/images/imported:latest') },
  {
    what: 'commit',
    before: async () => {
      await create('committed', ['sh', '-c', 'head -c 3000000 /dev/urandom > /big; sleep 1000']);
      await ask('POST', '/containers/committed/start');
      await vi.waitFor(async () => expect((await ask('HEAD', '/containers/committed/archive?path=/big')).status).toBe(200), patience);
    },
    act: () => ask('POST', '/commit?container=committed&repo=half'),
    after: async () => {
      expect((await inspect('committed')).State).toMatchObject({ Status: 'running', Paused: false });
      await ask('DELETE', '/containers/committed?force=1');
      await ask('DELETE', '/images/half:latest');
    },
  },
  { what: 'create', act: () => create('made', ['true']), after: () => ask('DELETE', '/containers/made') },
  {
    what: 'start',
    before: () => create('started', ['sleep', '1000']),
    act: () => ask('POST', '/containers/started/start'),
    after: () => ask('DELETE', '/containers/started?force=1'),
  },
  {
    what: 'exec',
    act: async () => {
      const { body } = await ask('POST', '/containers/witness/exec', { Cmd: ['true'] });
      return ask('POST', `/exec/${(JSON.parse(body.toString()) as { Id: string }).Id}/start`, { Detach: true });
    },
  },
  {
    what: 'volume copy-up',
    before: () => create('copied', ['sleep', '1000'], { Image: 'withdata', Volumes: { '/data': {} } }),
    act: () => ask('HEAD', '/containers/copied/archive?path=/data/big'),
    after: async () => {
      expect((await ask('GET', '/containers/copied/archive?path=/data/big')).body.length).toBeGreaterThan(2_000_000);
      await ask('DELETE', '/containers/copied?force=1&v=1');
    },
  },
  { what: 'cp', act: () => ask('PUT', '/containers/witness/archive?path=/root', makeTar([{ name: 'big', content: noise(2_000_000) }])) },
  {
    what: 'network connect',
    before: async () => {
      await ask('POST', '/networks/create', { Name: 'later' });
      await create('wired', ['sleep', '1000']);
      await ask('POST', '/containers/wired/start');
    },
    act: () => ask('POST', '/networks/later/connect', { Container: 'wired' }),
    after: async () => {
      expect((await ask('GET', '/containers/wired/archive?path=/etc/hosts')).body.toString()).toMatch(/localhost\n[^]*\n172\.[\d.]+\t\w+\n172\.[\d.]+\t\w+\n/);
      await ask('DELETE', '/containers/wired?force=1');
      await ask('DELETE', '/networks/later');
    },
  },
  {
    what: 'network disconnect',
    before: async () => {
      await ask('POST', '/networks/create', { Name: 'left' });
      await create('unwired', ['sleep', '1000']);
      await ask('POST', '/networks/left/connect', { Container: 'unwired' });
      await ask('POST', '/containers/unwired/start');
    },
    act: () => ask('POST', '/networks/left/disconnect', { Container: 'unwired' }),
    // It stays connected: nothing is half taken away, and no address is given back that will be given back again.
    refused: async () => expect((await ask('GET', '/containers/unwired/archive?path=/etc/hosts')).body.toString()).toMatch(/localhost\n[^]*\n172\.[\d.]+\t\w+\n172\.[\d.]+\t\w+\n/),
    after: async () => {
      expect(Object.keys((await inspect('unwired')).NetworkSettings.Networks)).toEqual(['bridge']);
      expect((await ask('GET', '/containers/unwired/archive?path=/etc/hosts')).body.toString()).toMatch(/localhost\n[^]*\n172\.[\d.]+\t\w+\n/);
      await ask('DELETE', '/containers/unwired?force=1');
      await ask('DELETE', '/networks/left');
    },
  },
  { what: 'network create', act: () => ask('POST', '/networks/create', { Name: 'full' }), after: () => ask('DELETE', '/networks/full') },
  { what: 'volume create', act: () => ask('POST', '/volumes/create', { Name: 'full' }), after: () => ask('DELETE', '/volumes/full') },
  { what: 'tag', act: () => ask('POST', '/images/bb/tag?repo=other&tag=latest'), after: () => ask('DELETE', '/images/other:latest') },
  {
    what: 'rename',
    before: () => create('before', ['true']),
    act: () => ask('POST', '/containers/before/rename?name=after'),
    after: async () => {
      expect((await ask('GET', '/containers/before/json')).status).toBe(404);
      expect((await ask('DELETE', '/containers/after')).status).toBe(204);
    },
  },
];

describe('on a full disk', () => {
  test.each(cases)('$what says so, and works when there is room again', async ({ before, act, refused: check, after }) => {
    await before?.();
    fill();
    let refused = await act();
    // ext4 may give back what was removed before only after that: then it was not full.
    for (let turn = 0; turn < 3 && diskType === 'ext4' && (refused.body.length > 0 || refused.status < 400) && failureOf(refused) === undefined; turn += 1) {
      free();
      await after?.();
      await before?.();
      fill();
      refused = await act();
    }
    // The words of a HEAD are in no body.
    if (refused.body.length > 0 || refused.status < 400) expect(failureOf(refused)).toMatch(noRoom);
    await check?.();
    expect((await ask('GET', '/_ping')).status).toBe(200);
    expect((await inspect('witness')).State.Status).toBe('running');
    free();
    expect(failureOf(await act())).toBeUndefined();
    await after?.();
  });

  test('a log and the events go on when there is room again', async () => {
    const shimdLog = () => readFileSync(join(engine.directory, 'root/exec/shimd/shimd.log'), 'utf8');
    const lossesBefore = shimdLog().split('entries lost').length;
    const attached = new DockerCli(engine.socket).spawn(['attach', '--no-stdin', '--sig-proxy=false', 'witness']);
    let said = 0;
    createInterface({ input: attached.stdout }).on('line', (line) => (said = Number(line)));
    await vi.waitFor(() => expect(said).toBeGreaterThan(0), patience);
    fill();
    // What was said to those who are attached was written before, where there was room for it.
    await vi.waitFor(async () => {
      const saidBefore = said;
      expect(Number((await logLines('witness')).at(-2))).toBeLessThan(saidBefore);
    }, patience);
    attached.kill('SIGKILL');
    const before = await logLines('witness');
    for (let round = 0; round < 60; round += 1) await ask('POST', '/containers/witness/kill?signal=WINCH');
    await vi.waitFor(() => expect(engine.log).toMatch(/events are not kept: ENOSPC/), patience);
    free();
    const since = Date.now() / 1000;
    await vi.waitFor(async () => expect((await logLines('witness')).length).toBeGreaterThan(before.length + 10), patience);
    expect(shimdLog().split('entries lost').length).toBeGreaterThan(lossesBefore);
    expect((await inspect('witness')).State.Status).toBe('running');
    await ask('POST', '/containers/witness/kill?signal=WINCH');
    const events = (await ask('GET', `/events?since=${since}&until=${Date.now() / 1000 + 1}`)).body.toString();
    expect(events).toContain('"Action":"kill"');
  });

  test('containers can be stopped, paused and removed, images and volumes removed', async () => {
    await create('victim', ['sleep', '1000']);
    await ask('POST', '/containers/victim/start');
    await ask('POST', '/images/bb/tag?repo=extra&tag=latest');
    await ask('POST', '/volumes/create', { Name: 'extra' });
    fill();
    for (const verb of ['pause', 'unpause', 'stop?t=0']) expect(await ask('POST', `/containers/victim/${verb}`)).toMatchObject({ status: 204 });
    expect((await inspect('victim')).State).toMatchObject({ Status: 'exited', ExitCode: 137 });
    fill();
    expect(await ask('DELETE', '/containers/victim')).toMatchObject({ status: 204 });
    fill();
    expect(await ask('DELETE', '/images/extra:latest')).toMatchObject({ status: 200 });
    fill();
    expect(await ask('DELETE', '/volumes/extra')).toMatchObject({ status: 204 });
  });

  test('an engine starts, and finds its containers', async () => {
    const { Pid } = (await inspect('witness')).State;
    fill();
    await engine.kill();
    await engine.start();
    expect((await inspect('witness')).State).toMatchObject({ Status: 'running', Pid });
    expect(await ask('POST', '/containers/witness/stop?t=0')).toMatchObject({ status: 204 });
    free();
    expect(await ask('POST', '/containers/witness/start')).toMatchObject({ status: 204 });
  });

  test('and nothing half-made is left of it all', async () => {
    await ask('DELETE', '/containers/witness?force=1');
    const root = join(engine.directory, 'root');
    const left = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => !path.includes('/fs/') && /\.tmp$|\.new$|\/ingest\/.|\/corrupt\//.test(path));
    expect(left).toEqual([]);
    expect(readdirSync(join(root, 'containers'))).toEqual([]);
    for (const folder of ['exec/bundles', 'exec/crun', 'exec/shimd/tasks']) expect(existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []).toEqual([]);
    expect(engine.log).not.toContain('not caught');
  });
});
