import { expect, it } from 'vitest';
import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { InfoResponse } from '../../contract/engine-api/system.ts';
import { defaultSettings } from '../settings/settings-shape.ts';
import { VmStartError } from '../vm/start-error.ts';
import { runChecks, type Surroundings } from './checks.ts';

const gib = 1024 ** 3;
const info = (fields: Partial<InfoResponse> = {}): InfoResponse => ({ ServerVersion: '28.5.2', SystemTime: new Date().toISOString(), IndexServerAddress: 'https://index.example/v1/', ...fields }) as InfoResponse;
const published = (...ports: number[]): ContainerSummary[] => [{ Ports: ports.map((PublicPort) => ({ PrivatePort: 80, PublicPort, Type: 'tcp' })) } as ContainerSummary];

const sound: Surroundings = {
  home: '/home/jo/.slipway',
  socketPath: '/run/docker.sock',
  arch: 'amd64',
  settings: { ...defaultSettings(), memoryMiB: 2048 },
  vm: { status: 'running', startedAt: '', phases: [], accelerator: 'kvm', engineVersion: '1' },
  engine: { info: () => Promise.resolve(info()), containers: { list: () => Promise.resolve(published(8080)) } as never },
  memory: () => ({ total: 16 * gib, free: 8 * gib }),
  free: () => Promise.resolve(50 * gib),
  resolveName: () => Promise.resolve(),
  connect: () => Promise.resolve(),
  exposed: () => Promise.resolve(null),
  nameServers: () => ['192.0.2.53'],
  qemu: () => Promise.resolve({ version: '7.2.22' }),
  accelerators: () => Promise.resolve({ order: ['kvm', 'tcg'], reason: null }),
};
const findings = async (changed: Partial<Surroundings>): Promise<string[]> => (await runChecks({ ...sound, ...changed })).filter(({ status }) => status !== 'good').map(({ finding, status }) => `${status} ${finding}`);

it('finds nothing where nothing is wrong', async () => {
  expect(await findings({})).toEqual([]);
});

it.each<[string, Partial<Surroundings>, string]>([
  ['no virtualisation', { accelerators: () => Promise.resolve({ order: ['tcg'], reason: 'no KVM' }) }, 'warning virtualisation.none'],
  ['no room at all', { free: () => Promise.resolve(gib / 4) }, 'bad disk.full'],
  ['little room', { free: () => Promise.resolve(2 * gib) }, 'warning disk.low'],
  ['more memory than there is', { memory: () => ({ total: 2 * gib, free: gib }) }, 'warning memory.tight'],
  ['no DNS', { resolveName: () => Promise.reject(new Error('ENOTFOUND')) }, 'warning dns.failed'],
  ['a socket that others reach', { exposed: () => Promise.resolve({ path: '/run/docker.sock', owner: 0, mode: '0666' }) }, 'bad socket.exposed'],
  ['a clock that is off', { engine: { ...sound.engine, info: () => Promise.resolve(info({ SystemTime: '2020-01-01T00:00:00Z' })) } }, 'warning clock.off'],
])('tells %s', async (_name, changed, finding) => {
  expect(await findings(changed)).toEqual([finding]);
});

it('names the ports that nobody answers, the socket, and the command that installs QEMU', async () => {
  const results = await runChecks({
    ...sound,
    connect: (to) => ('path' in to || to.port === 9000 ? Promise.reject(new Error('ECONNREFUSED')) : Promise.resolve()),
    engine: { ...sound.engine, containers: { list: () => Promise.resolve(published(9000, 8080)) } as never },
    qemu: () => Promise.reject(new VmStartError({ code: 'qemu-missing', phase: 'requirements', message: 'QEMU is not installed', steps: [{ text: 'Install it', command: 'apt install qemu' }] })),
  });
  const by = Object.fromEntries(results.map((result) => [result.id, result]));
  expect(by['ports']).toMatchObject({ finding: 'ports.silent', values: { ports: '9000' } });
  expect(by['socket']).toMatchObject({ status: 'bad', values: { path: '/run/docker.sock', reason: 'ECONNREFUSED' } });
  expect(by['qemu']).toMatchObject({ status: 'bad', command: 'apt install qemu' });
});

it('tells an engine that does not answer once, and skips what only it could tell', async () => {
  const gone = () => Promise.reject(new Error('The engine is away'));
  expect(await findings({ engine: { info: gone, containers: { list: gone } as never } })).toEqual(['bad engine.failed', 'skipped clock.skipped', 'skipped ports.skipped']);
});

it('looks at what there is where nothing runs', async () => {
  const gone = () => Promise.reject(new Error('ENOENT'));
  const still: Partial<Surroundings> = { isRunning: false, vm: { status: 'stopped' }, engine: { info: gone, containers: { list: gone } as never } };
  expect(await findings(still)).toEqual(['skipped engine.skipped', 'skipped socket.skipped', 'skipped clock.skipped', 'skipped ports.skipped']);
  expect(await findings({ ...still, nameServers: () => [] })).toContain('warning dns.none');
});

it('looks at no VM where there is none', async () => {
  expect(await findings({ vm: { status: 'running', startedAt: '', phases: [], accelerator: 'external', engineVersion: '1' } })).toEqual(['skipped virtualisation.skipped', 'skipped qemu.skipped', 'skipped memory.skipped']);
});
