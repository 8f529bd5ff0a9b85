import { getServers, lookup } from 'node:dns/promises';
import { freemem, totalmem } from 'node:os';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import type { InfoResponse } from '../../contract/engine-api/system.ts';
import type { Settings } from '../../contract/ipc.ts';
import { checkIds, type CheckId, type CheckResult, type Finding } from '../../contract/troubleshoot.ts';
import type { VmState } from '../../contract/vm-state.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { messageOf } from '../failure.ts';
import { freeSpace } from '../vm/home/data-disk.ts';
import { chooseAccelerators, hostProbe } from '../vm/qemu/accelerator.ts';
import { locateQemu } from '../vm/qemu/installation.ts';
import { VmStartError } from '../vm/start-error.ts';
import { findExposed, type Exposed } from './exposed.ts';

/** What the checks look at; the functions are this computer's, and others in tests. */
export interface Surroundings {
  home: string;
  /** Where the docker CLI finds the engine. */
  socketPath: string;
  arch: 'amd64' | 'arm64';
  settings: Settings;
  vm: VmState;
  engine: Pick<EngineClient, 'info' | 'containers'>;
  memory?(): { total: number; free: number };
  free?(folder: string): Promise<number>;
  /** Whether a Slipway runs for this home; true unless said. */
  isRunning?: boolean;
  exposed?(folder: string): Promise<Exposed | null>;
  nameServers?(): string[];
  resolveName?(host: string): Promise<unknown>;
  connect?(to: { path: string } | { host: string; port: number }): Promise<void>;
  qemu?(): Promise<{ version: string }>;
  accelerators?(): Promise<{ order: string[]; reason: string | null }>;
}

const gib = 1024 ** 3;
/** A check that waits longer has found that something does not answer. */
const patienceMs = 5_000;

type Found = Omit<CheckResult, 'id'>;
const found = (status: CheckResult['status'], finding: Finding, values: Found['values'] = {}, command?: string): Found => ({ status, finding, values, ...(command === undefined ? {} : { command }) });

/** Looks at everything that a start or a running engine stands on, all at once. Never rejects. */
export async function runChecks(at: Surroundings): Promise<CheckResult[]> {
  const info = within(at.engine.info()).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  const checks: Record<CheckId, () => Promise<Found>> = {
    virtualisation: () => virtualisation(at),
    qemu: () => qemu(at),
    disk: () => disk(at),
    memory: () => memory(at),
    dns: () => dns(at, info),
    engine: () => engine(at, info),
    socket: () => socket(at),
    clock: () => clock(info),
    ports: () => ports(at),
  };
  return Promise.all(checkIds.map(async (id) => ({ id, ...(await checks[id]()) })));
}

const hasNoVm = ({ vm }: Surroundings): boolean => vm.status === 'running' && vm.accelerator === 'external';

async function virtualisation(at: Surroundings): Promise<Found> {
  if (hasNoVm(at)) return found('skipped', 'virtualisation.skipped');
  const { order, reason } = await (at.accelerators ?? (() => chooseAccelerators('auto', at.arch, hostProbe)))();
  return order[0] === 'tcg' ? found('warning', 'virtualisation.none', { reason: reason ?? '' }) : found('good', 'virtualisation.good', { name: (order[0] ?? '').toUpperCase() });
}

async function qemu(at: Surroundings): Promise<Found> {
  if (hasNoVm(at)) return found('skipped', 'qemu.skipped');
  try {
    const { version } = await (at.qemu ?? (() => locateQemu(at.arch, { platform: process.platform, environment: process.env })))();
    return found('good', 'qemu.good', { version });
  } catch (error) {
    const command = error instanceof VmStartError ? error.failure.steps.find((step) => step.command !== undefined)?.command : undefined;
    return found('bad', 'qemu.missing', { reason: messageOf(error) }, command);
  }
}

async function disk(at: Surroundings): Promise<Found> {
  try {
    const free = await (at.free ?? freeSpace)(at.home);
    const values = { free, folder: at.home };
    if (free < gib / 2) return found('bad', 'disk.full', values);
    return free < 5 * gib ? found('warning', 'disk.low', values) : found('good', 'disk.good', values);
  } catch (error) {
    return found('bad', 'disk.failed', { folder: at.home, reason: messageOf(error) });
  }
}

function memory(at: Surroundings): Promise<Found> {
  if (hasNoVm(at)) return Promise.resolve(found('skipped', 'memory.skipped'));
  const { total, free } = (at.memory ?? (() => ({ total: totalmem(), free: freemem() })))();
  const wanted = at.settings.memoryMiB * 1024 ** 2;
  const values = { wanted, total, free };
  // A VM that runs has its memory already.
  const isTight = wanted > total * 0.75 || (at.vm.status !== 'running' && wanted > free);
  return Promise.resolve(isTight ? found('warning', 'memory.tight', values) : found('good', 'memory.good', values));
}

async function dns(at: Surroundings, info: Promise<InfoResponse | Error>): Promise<Found> {
  const known = await info;
  const address = known instanceof Error ? '' : String(known['IndexServerAddress'] ?? '');
  if (known instanceof Error) {
    const servers = (at.nameServers ?? getServers)();
    return servers.length === 0 ? found('warning', 'dns.none') : found('good', 'dns.servers', { servers: servers.join(', ') });
  }
  if (!URL.canParse(address)) return found('skipped', 'dns.skipped');
  const host = new URL(address).hostname;
  try {
    await within((at.resolveName ?? lookup)(host));
    return found('good', 'dns.good', { host });
  } catch (error) {
    return found('warning', 'dns.failed', { host, reason: messageOf(error) });
  }
}

async function engine(at: Surroundings, info: Promise<InfoResponse | Error>): Promise<Found> {
  if (at.vm.status === 'stopped') return found('skipped', 'engine.skipped');
  const startedAt = performance.now();
  const known = await info;
  if (known instanceof Error) return found('bad', 'engine.failed', { reason: known.message });
  const took = Math.max(1, Math.round(performance.now() - startedAt));
  return took > 1000 ? found('warning', 'engine.slow', { took, version: known.ServerVersion }) : found('good', 'engine.good', { took, version: known.ServerVersion });
}

async function socket(at: Surroundings): Promise<Found> {
  if (at.isRunning === false) return found('skipped', 'socket.skipped');
  try {
    await within((at.connect ?? connectTo)({ path: at.socketPath }));
    const exposed = await (at.exposed ?? findExposed)(dirname(at.socketPath));
    return exposed === null ? found('good', 'socket.good', { path: at.socketPath }) : found('bad', 'socket.exposed', { ...exposed });
  } catch (error) {
    return found('bad', 'socket.failed', { path: at.socketPath, reason: messageOf(error) });
  }
}

async function clock(info: Promise<InfoResponse | Error>): Promise<Found> {
  const known = await info;
  const told = known instanceof Error ? Number.NaN : Date.parse(String(known['SystemTime'] ?? ''));
  if (Number.isNaN(told)) return found('skipped', 'clock.skipped');
  const seconds = Math.round(Math.abs(Date.now() - told) / 1000);
  return seconds > 3 ? found('warning', 'clock.off', { seconds }) : found('good', 'clock.good');
}

/** Whether each port that a running container publishes is answered on this computer. */
async function ports(at: Surroundings): Promise<Found> {
  try {
    const containers = await within(at.engine.containers.list());
    const published = new Set(containers.flatMap(({ Ports }) => (Ports ?? []).flatMap(({ PublicPort, Type }) => (PublicPort === undefined || Type !== 'tcp' ? [] : [PublicPort]))));
    if (published.size === 0) return found('skipped', 'ports.skipped');
    const answers = await Promise.all([...published].map((port) => within((at.connect ?? connectTo)({ host: '127.0.0.1', port })).then(() => undefined, () => port)));
    const silent = answers.filter((port) => port !== undefined).sort((a, b) => a - b);
    return silent.length === 0 ? found('good', 'ports.good', { count: published.size }) : found('warning', 'ports.silent', { count: silent.length, ports: silent.join(', ') });
  } catch {
    return found('skipped', 'ports.skipped');
  }
}

function connectTo(to: { path: string } | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(to);
    connection.setTimeout(patienceMs, () => connection.destroy(new Error('it does not answer')));
    connection.once('error', reject);
    connection.once('connect', () => {
      connection.destroy();
      resolve();
    });
  });
}

function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
