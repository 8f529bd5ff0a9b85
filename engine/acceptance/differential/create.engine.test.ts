import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerConfig, HostConfig } from '../../../contract/engine-api/container.ts';
import { busyboxArchive } from '../fixture/busybox-archive.ts';
import { DockerCli } from '../fixture/docker-cli.ts';
import { NativeEngine } from '../fixture/native-engine.ts';
import { createCases, refusedCases, type CreateCase } from './create-cases.ts';

/**
 * What create makes of a request, beside what dockerd 20.10.24 made of it on a machine with cgroup v1. `SLIPWAY_ORACLE=/path/docker.sock`
 * writes the golden file anew from a dockerd that holds the image `bb`.
 */
const golden = fileURLToPath(new URL('testdata/create.golden.json', import.meta.url));
const oracle = process.env.SLIPWAY_ORACLE;

interface Created {
  Warnings: string[];
  Path: string;
  Args: string[];
  HostConfig: HostConfig;
  Config: ContainerConfig;
}

interface Golden {
  created: Record<string, Created>;
  refused: Record<string, { status: number; message: string }>;
}

let engine: NativeEngine;
let expected: Golden;

beforeAll(async () => {
  engine = await NativeEngine.start();
  const archive = busyboxArchive('bb:latest');
  await new DockerCli(engine.socket).text('load', '-i', archive);
  rmSync(dirname(archive), { recursive: true });
  if (oracle !== undefined) await capture(oracle);
  expected = JSON.parse(readFileSync(golden, 'utf8')) as Golden;
});

afterAll(async () => {
  await engine?.dispose();
});

async function api<T>(socketPath: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
  const outgoing = request({ socketPath, method, path, headers });
  outgoing.end(text);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let answer = '';
  for await (const chunk of response) answer += String(chunk);
  return { status: response.statusCode ?? 0, body: (answer === '' ? undefined : JSON.parse(answer)) as T };
}

const bodyOf = ({ config, host }: CreateCase) => ({ Image: 'bb', Cmd: ['sleep', '1000'], ...config, ...(host === undefined ? {} : { HostConfig: host }) });

async function create(socketPath: string, one: CreateCase): Promise<Created> {
  const prefix = one.version === undefined ? '' : `/v${one.version}`;
  const created = await api<{ Id: string; Warnings: string[]; message?: string }>(socketPath, 'POST', `${prefix}/containers/create`, bodyOf(one));
  if (created.status !== 201) throw new Error(`${one.name}: ${created.status} ${created.body.message}`);
  const { body } = await api<Created>(socketPath, 'GET', `${prefix}/containers/${created.body.Id}/json`);
  await api(socketPath, 'DELETE', `/containers/${created.body.Id}?force=1&v=1`);
  if (body.Config.Hostname === created.body.Id.slice(0, 12)) body.Config.Hostname = 'ID';
  return { Warnings: created.body.Warnings, Path: body.Path, Args: body.Args, HostConfig: body.HostConfig, Config: body.Config };
}

async function capture(socketPath: string): Promise<void> {
  const captured: Golden = { created: {}, refused: {} };
  for (const one of createCases) captured.created[one.name] = await create(socketPath, one);
  for (const one of refusedCases) {
    if (one.instead !== undefined) continue;
    const { status, body } = await api<{ message: string }>(socketPath, 'POST', '/containers/create', bodyOf(one));
    if (status === 201) throw new Error(`${one.name}: dockerd took it`);
    captured.refused[one.name] = { status, message: body.message };
  }
  writeFileSync(golden, `${JSON.stringify(captured, null, 1)}\n`);
}

/** What 28 shows, and this engine, where 20.10 shows something else. See docs/api.md. */
function asToday(created: Created): Created {
  const { KernelMemory, KernelMemoryTCP, ...host } = created.HostConfig;
  void [KernelMemory, KernelMemoryTCP];
  const isHost = host.NetworkMode === 'host';
  return {
    ...created,
    HostConfig: {
      ...host,
      NetworkMode: host.NetworkMode === 'default' ? 'bridge' : host.NetworkMode,
      Runtime: 'crun',
      RestartPolicy: { ...host.RestartPolicy!, Name: host.RestartPolicy!.Name || 'no' },
      MaskedPaths: host.MaskedPaths?.includes('/sys/firmware') === true ? [...host.MaskedPaths, '/proc/interrupts', '/sys/devices/virtual/powercap'].sort() : host.MaskedPaths,
    },
    Config: { ...created.Config, Hostname: isHost ? 'HOST' : created.Config.Hostname },
  };
}

function sorted(created: Created): Created {
  const { HostConfig: host, Config: config } = created;
  return {
    ...created,
    HostConfig: { ...host, MaskedPaths: host.MaskedPaths?.includes('/sys/firmware') === true ? [...host.MaskedPaths].sort() : host.MaskedPaths },
    Config: { ...config, Hostname: host.NetworkMode === 'host' ? 'HOST' : config.Hostname },
  };
}

describe('create beside dockerd', () => {
  test.each(createCases)('$name', async (one) => {
    const found = sorted(await create(engine.socket, one));
    const wanted = asToday(expected.created[one.name]!);
    for (const [path, value] of Object.entries(one.differs ?? {})) {
      const [section, field] = path.split('.') as ['HostConfig' | 'Config' | 'Warnings', string | undefined];
      if (field === undefined) Object.assign(wanted, { [section]: value });
      else if (value === undefined) delete (wanted[section] as Record<string, unknown>)[field];
      else Object.assign(wanted[section], { [field]: value });
    }
    expect(found).toEqual(wanted);
  });
});

describe('create refuses as dockerd does', () => {
  test.each(refusedCases)('$name', async (one) => {
    const { status, body } = await api<{ message: string }>(engine.socket, 'POST', '/containers/create', bodyOf(one));
    const wanted = one.instead ?? expected.refused[one.name]!;
    // 20.10 answers 500 to some of what is the client's mistake, and 28 begins its messages with small letters.
    expect(status).toBe(wanted.status === 500 ? 400 : wanted.status);
    expect(body.message.toLowerCase()).toBe(wanted.message.toLowerCase());
  });
});
