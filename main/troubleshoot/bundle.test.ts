import { expect, it } from 'vitest';
import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { InfoResponse, VersionResponse } from '../../contract/engine-api/system.ts';
import { defaultSettings } from '../settings/settings-shape.ts';
import { makeBundle, type BundleSources } from './bundle.ts';
import { scrub } from './scrub.ts';

const canary = (place: string): string => `canary-${place}-4711`;

const sources: BundleSources = {
  facts: { version: '0.1.0', shell: 'web', platform: 'linux', dockerHost: 'unix:///home/canary-person-4711/.slipway/run/docker.sock' },
  settings: { ...defaultSettings(), httpProxy: `http://jo:${canary('proxy')}@proxy.example:3128` } as never,
  vm: {
    status: 'failed',
    phases: [],
    failure: { code: 'vm-died', phase: 'engine', message: 'QEMU ended', steps: [], lastLines: [`init: DB_PASSWORD=${canary('console')} starting`] },
  },
  starts: [
    {
      startedAt: '2026-01-01T00:00:00.000Z', version: '0.1.0', outcome: 'failed', phases: [{ id: 'hypervisor', status: 'failed', detail: `proxy http://jo:${canary('phase')}@proxy.example` }],
      failure: { code: 'qemu-failed', phase: 'hypervisor', message: `QEMU did not start: token=${canary('failure')}`, steps: [{ text: 'Try again.', command: `run --password ${canary('step')}` }] },
      lastLines: [`REGISTRY_TOKEN=${canary('kept-console')}`, 'slipway: kernel'],
    },
  ],
  checks: [{ id: 'socket', status: 'bad', finding: 'socket.failed', values: { path: '/home/canary-person-4711/.slipway/run/docker.sock' } }],
  journal: [
    `Open http://127.0.0.1:4000/#token=${canary('token')}`,
    `Authorization: Bearer ${canary('bearer')}`,
    `pull https://robot:p@ss${canary('registry')}@registry.example/v2/ failed`,
    `{"identitytoken": "${canary('json')}"}`,
    'one-time address /download/Zk3qT0v9Yx1PbQ7LmN5sR8uW2aCdEfGhIjKlMnOpQrS',
  ],
  engine: {
    info: () => Promise.resolve({ ServerVersion: '28.5.2', HttpProxy: `http://${canary('info')}@x`, Labels: [canary('engine-label')], Name: canary('host'), Warnings: null } as unknown as InfoResponse),
    version: () => Promise.resolve({ Version: '28.5.2', ApiVersion: '1.51' } as VersionResponse),
    containers: {
      list: () =>
        Promise.resolve([
          {
            Id: 'ab'.repeat(32), Names: [`/${canary('name')}`], Image: canary('image'), ImageID: '', Command: `serve --password ${canary('command')}`, Created: 1, Ports: [], State: 'running', Status: 'Up 1 hour',
            Labels: { [canary('label')]: canary('label-value') }, HostConfig: { NetworkMode: canary('network') }, Mounts: [{ Source: `/srv/${canary('mount')}` }], NetworkSettings: { Networks: { [canary('net')]: {} } },
          } as unknown as ContainerSummary,
        ]),
    } as never,
  },
  homeFolder: '/home/canary-person-4711',
};

it('holds none of the secrets that were planted, and what helps', async () => {
  const text = await makeBundle(sources);
  expect(text).not.toContain('canary');
  expect(text).not.toContain('Zk3qT0v9');
  expect(JSON.parse(text)).toMatchObject({
    slipway: { version: '0.1.0', dockerHost: 'unix://~/.slipway/run/docker.sock' },
    start: { failure: { code: 'vm-died', lastLines: ['init: DB_PASSWORD=[removed] starting'] } },
    starts: [{ outcome: 'failed', failure: { code: 'qemu-failed' }, lastLines: ['REGISTRY_TOKEN=[removed]', 'slipway: kernel'] }],
    checks: [{ finding: 'socket.failed', values: { path: '~/.slipway/run/docker.sock' } }],
    engine: { ServerVersion: '28.5.2' },
    containers: [{ id: 'abababababab', state: 'running', status: 'Up 1 hour' }],
  });
});

it('is made without an engine too, and says why', async () => {
  const gone = () => Promise.reject(new Error('The engine is away'));
  const text = await makeBundle({ ...sources, engine: { info: gone, version: gone, containers: { list: gone } as never } });
  expect(JSON.parse(text)).toMatchObject({ engine: { failure: 'The engine is away' }, containers: { failure: 'The engine is away' } });
});

it.each([
  ['sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'a digest'],
  ['the disk of this computer is full: the VM waits until there is space', 'a plain line'],
  ['https://registry.example/v2/library/nginx/manifests/latest', 'an address without a person'],
])('leaves %s as it is: %s', (line) => {
  expect(scrub(line, '/home/jo')).toBe(line);
});
