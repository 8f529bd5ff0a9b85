import { readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventMessage } from '../../contract/engine-api/event.ts';
import type { DiskUsageResponse, InfoResponse } from '../../contract/engine-api/system.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { NativeEngine } from './fixture/native-engine.ts';
import { send } from './oracle/replay/wire.ts';

let engine: NativeEngine;

beforeAll(async () => {
  engine = await NativeEngine.start();
  const archive = busyboxArchive('bb:latest');
  await send(engine.socket, { method: 'POST', path: '/images/load', headers: { 'Content-Type': 'application/x-tar' }, body: readFileSync(archive) });
  rmSync(dirname(archive), { recursive: true });
});

afterAll(async () => {
  await engine?.dispose();
});

async function events(query: string): Promise<EventMessage[]> {
  const { body } = await engine.api<string | EventMessage>('GET', `/events?${query}`).catch(() => ({ body: '' }));
  if (typeof body === 'object') return [body];
  return body.split('\n').filter(Boolean).map((line) => JSON.parse(line) as EventMessage);
}

/** NativeEngine.api reads one JSON value; a stream of several is read here. */
function eventLines(query: string): Promise<EventMessage[]> {
  return new Promise((resolve, reject) => {
    request({ socketPath: engine.socket, path: `/events?${query}`, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as EventMessage)));
    })
      .on('error', reject)
      .end();
  });
}

test('events are there after the engine was killed', async () => {
  const since = Math.floor(Date.now() / 1000) - 1;
  const { body } = await engine.api<{ Id: string }>('POST', '/containers/create?name=kept', { Image: 'bb', Labels: { color: 'red' } });
  const before = await eventLines(`since=${since}&until=${Date.now() / 1000 + 0.01}`);
  expect(before.map(({ Action }) => Action)).toContain('create');
  await engine.kill();
  await engine.start();
  await engine.api('DELETE', `/containers/${body.Id}`);
  const filter = encodeURIComponent(JSON.stringify({ container: ['kept'], label: ['color=red'] }));
  const after = await eventLines(`since=${since}&until=${Date.now() / 1000 + 0.01}&filters=${filter}`);
  expect(after.map(({ Action }) => Action)).toEqual(['create', 'destroy']);
  expect(after[0]).toMatchObject({ Type: 'container', status: 'create', id: body.Id, from: 'bb', scope: 'local', Actor: { ID: body.Id, Attributes: { image: 'bb', name: 'kept', color: 'red' } } });
  expect(await events('since=1&until=2')).toEqual([]);
});

test('defaults of logs and of networks are those of the settings, and go with the next call', async () => {
  const defaults = { LogConfig: { Type: 'local', Config: { 'max-size': '2m' } }, DefaultAddressPools: [{ Base: '10.213.0.0/23', Size: 24 }] };
  expect((await engine.api('PUT', '/slipway/defaults', defaults)).status).toBe(204);
  expect((await engine.api<InfoResponse>('GET', '/info')).body).toMatchObject({ LoggingDriver: 'local', DefaultAddressPools: defaults.DefaultAddressPools });
  const container = (await engine.api<{ Id: string }>('POST', '/containers/create', { Image: 'bb' })).body.Id;
  const network = (await engine.api<{ Id: string }>('POST', '/networks/create', { Name: 'of-pool' })).body.Id;
  expect((await engine.api('GET', `/containers/${container}/json`)).body).toMatchObject({ HostConfig: { LogConfig: defaults.LogConfig } });
  expect((await engine.api('GET', `/networks/${network}`)).body).toMatchObject({ IPAM: { Config: [{ Subnet: '10.213.0.0/24' }] } });
  expect((await engine.api('PUT', '/slipway/defaults', { LogConfig: { Type: 'syslog' } })).status).toBe(400);
  expect((await engine.api<InfoResponse>('GET', '/info')).body['LoggingDriver']).toBe('local');
  expect((await engine.api('PUT', '/slipway/defaults', {})).status).toBe(204);
  const plain = (await engine.api<InfoResponse>('GET', '/info')).body;
  expect([plain['LoggingDriver'], plain['DefaultAddressPools']]).toEqual(['json-file', undefined]);
  await engine.api('DELETE', `/containers/${container}`);
  await engine.api('DELETE', `/networks/${network}`);
});

test('info by version', async () => {
  const newest = (await engine.api<InfoResponse>('GET', '/v1.51/info')).body;
  expect(newest).toMatchObject({ Swarm: { LocalNodeState: 'inactive' }, DefaultRuntime: 'crun', FirewallBackend: { Driver: 'nftables' }, Runtimes: { runc: { path: 'crun' } } });
  expect(newest).not.toHaveProperty('BridgeNfIptables');
  expect(newest.RuncCommit).not.toHaveProperty('Expected');
  const older = (await engine.api<InfoResponse>('GET', '/v1.41/info')).body;
  expect(older).toMatchObject({ BridgeNfIptables: false, RuncCommit: { Expected: (newest.RuncCommit as { ID: string }).ID }, RegistryConfig: { AllowNondistributableArtifactsCIDRs: null } });
  expect(older).not.toHaveProperty('FirewallBackend');
});

test('df counts containers and shares, by type and by version', async () => {
  await engine.api('POST', '/containers/create?name=counted', { Image: 'bb' });
  const all = (await engine.api<DiskUsageResponse>('GET', '/system/df')).body;
  expect(all.Images).toMatchObject([{ RepoTags: ['bb:latest'], Containers: 1, SharedSize: 0 }]);
  expect(all.Images![0]).not.toHaveProperty('VirtualSize');
  expect(all.LayersSize).toBe(all.Images![0]!.Size);
  expect(all.Containers).toMatchObject([{ Names: ['/counted'] }]);
  expect((await engine.api('GET', '/system/df?type=volume')).body).toEqual({ LayersSize: 0, Images: null, Containers: null, Volumes: [], BuildCache: null });
  expect((await engine.api<DiskUsageResponse>('GET', '/v1.41/system/df?type=volume')).body.Images).toMatchObject([{ VirtualSize: all.Images![0]!.Size }]);
  expect((await engine.api('GET', '/system/df?type=nope')).status).toBe(400);
  await engine.api('DELETE', '/containers/counted');
});

test('what there is none of answers in words that clients know', async () => {
  for (const [method, path, status, body] of [
    ['POST', '/build/prune', 200, { CachesDeleted: null, SpaceReclaimed: 0 }],
    ['POST', '/build/cancel', 400, { message: 'build ID not provided' }],
    ['POST', '/build', 501, { message: expect.stringContaining('not built yet') as string }],
    ['POST', '/session', 501, { message: expect.stringContaining('BuildKit') as string }],
    ['GET', '/plugins', 200, []],
    ['GET', '/plugins/x/json', 404, { message: 'plugin "x" not found' }],
    ['POST', '/swarm/leave', 503, { message: 'This node is not part of a swarm' }],
    ['POST', '/swarm/nope', 404, { message: 'page not found' }],
    ['GET', '/services/x/logs', 400, { message: 'Bad parameters: you must choose at least one stream' }],
    ['POST', '/configs/create', 503, { message: expect.stringContaining('not a swarm manager') as string }],
  ] as const) {
    expect([path, await engine.api(method, path)]).toEqual([path, { status, body }]);
  }
});

test('names of fields in any case, and paths that are not clean', async () => {
  expect((await engine.api('POST', '/volumes/create', { name: 'lower', LABELS: { a: 'b' } })).body).toMatchObject({ Name: 'lower', Labels: { a: 'b' } });
  await engine.api('DELETE', '/volumes/lower');
  const reply = await send(engine.socket, { method: 'GET', path: '/v1.41//info?x=1', headers: {}, body: undefined });
  expect([reply.status, reply.headers.location]).toEqual([301, '/v1.41/info?x=1']);
});
