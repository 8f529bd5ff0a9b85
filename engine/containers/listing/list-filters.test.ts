import { expect, test } from 'vitest';
import type { ImageSource } from '../collaborators.ts';
import { Container } from '../container.ts';
import type { ContainerRecord } from '../container.ts';
import type { ContainerStore } from '../container-store.ts';
import { containerFilter } from './list-filters.ts';

const record = (change: Partial<ContainerRecord>): Container =>
  new Container({
    formatVersion: 1,
    id: 'abc123'.padEnd(64, '0'),
    name: 'web',
    created: '2026-01-01T00:00:00Z',
    config: { Image: 'nginx', Labels: { tier: 'front' }, ExposedPorts: { '80/tcp': {} } },
    hostConfig: { PortBindings: { '443/tcp': [{ HostIp: '', HostPort: '8443' }] } },
    image: { id: 'sha256:1', chainId: null },
    endpoints: { bridge: { NetworkID: 'feed' } },
    mounts: [{ Type: 'volume', Name: 'data', Source: '', Destination: '/var/data', Mode: '', RW: true, Propagation: '' }],
    state: { status: 'created' },
    restartCount: 0,
    manuallyStopped: false,
    ...change,
  });

const other = record({ id: 'f'.repeat(64), name: 'other', created: '2026-02-01T00:00:00Z', config: { Image: 'redis' }, image: { id: 'sha256:2', chainId: null } });
const needs = {
  images: { resolve: (name: string) => (name === 'web-image' ? Promise.resolve({ id: 'sha256:1' }) : Promise.reject(new Error('none'))) } as unknown as ImageSource,
  store: { resolve: () => other } as unknown as ContainerStore,
};

const accepts = async (filters: Record<string, string[]>, container = record({})) => (await containerFilter(needs, filters))(container);

test.each<[Record<string, string[]>, boolean]>([
  [{}, true],
  [{ id: ['abc1'] }, true],
  [{ id: ['f'] }, false],
  [{ name: ['^/web$'] }, true],
  [{ name: ['eb'] }, true],
  [{ name: ['other', 'web'] }, true],
  [{ name: ['(unbalanced'] }, false],
  [{ label: ['tier'] }, true],
  [{ label: ['tier=front', 'more'] }, false],
  [{ status: ['running', 'created'] }, true],
  [{ status: ['running'] }, false],
  [{ ancestor: ['nginx'] }, true],
  [{ ancestor: ['web-image'] }, true],
  [{ ancestor: ['redis'] }, false],
  [{ network: ['bridge'] }, true],
  [{ network: ['feed'] }, true],
  [{ volume: ['data'] }, true],
  [{ volume: ['/var/data'] }, true],
  [{ volume: ['x'] }, false],
  [{ expose: ['80'] }, true],
  [{ publish: ['80'] }, false],
  [{ publish: ['8000-9000/tcp'] }, true],
  [{ before: ['other'] }, true],
  [{ since: ['other'] }, false],
  [{ exited: ['0'] }, false],
  [{ 'is-task': ['true'] }, false],
])('%j', async (filters, expected) => {
  expect(await accepts(filters)).toBe(expected);
});

test('unknown filters and values', async () => {
  await expect(accepts({ foo: ['x'] })).rejects.toThrow("invalid filter 'foo'");
  await expect(accepts({ status: ['asleep'] })).rejects.toThrow("invalid filter 'status=asleep'");
  await expect(accepts({ exited: ['x'] })).rejects.toThrow("invalid filter 'exited=x'");
});
