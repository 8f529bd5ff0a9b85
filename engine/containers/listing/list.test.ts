import { describe, expect, it, vi } from 'vitest';
import { Container, type ContainerRecord } from '../container.ts';
import { ChangeCount } from '../../lib/tasks/change-count.ts';
import { LinkIndex } from '../links/link-index.ts';
import { listContainers, listContainersJson } from './list.ts';

function record(name: string, change: Partial<ContainerRecord> = {}): ContainerRecord {
  return {
    formatVersion: 1,
    id: name.padEnd(64, '0'),
    name,
    created: '2026-01-01T00:00:00Z',
    config: { Image: 'x', Cmd: ['sh', '-c', 'echo "hi" there'], Labels: { Status: '', State: 'running', 'a"b': '","Status":""' } },
    hostConfig: {},
    image: { id: 'sha256:1', chainId: null },
    endpoints: {},
    mounts: [],
    state: { status: 'created' },
    restartCount: 0,
    manuallyStopped: false,
    ...change,
  } as ContainerRecord;
}

describe('the list as text', () => {
  const changes = new ChangeCount();
  const containers = ['one', 'two'].map((name) => new Container(record(name), changes));
  const links = new LinkIndex(changes);
  const needs = { store: { links, changes, list: () => [...containers] } } as unknown as Parameters<typeof listContainers>[0];
  const options = { all: true, limit: 0, size: false, filters: {} };
  const expectSame = async () => expect(JSON.parse((await listContainersJson(needs, options)).toString())).toEqual(JSON.parse(JSON.stringify(await listContainers(needs, options))));

  it('says what the list says, however labels look', expectSame);

  it('follows every change', async () => {
    await expectSame();
    containers[0]!.record = record('renamed', { state: { status: 'exited', exitCode: 3, error: '', oomKilled: false, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' } });
    await expectSame();
    containers[1]!.sandbox = { netns: null, endpoints: { bridge: { IPAddress: '172.17.0.9' } }, ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] }, etcFiles: [], sandboxId: 's', sandboxKey: '' };
    await expectSame();
    links.put(record('web', { links: [{ containerId: containers[1]!.id, name: 'two', alias: 'second' }] }));
    await expectSame();
    expect((await listContainersJson(needs, options)).toString()).toContain('["/two","/web/second"]');
    expect((await listContainersJson(needs, options)).toString()).toContain('172.17.0.9');
  });

  it('tells the time that has passed, with names beyond ASCII before it', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:05Z') });
    try {
      containers[0]!.record = record('one', { config: { Image: 'x', Labels: { where: 'Főtér' } }, state: { status: 'running', pid: 1, startedAt: '2026-01-01T00:00:00.5Z' } });
      expect((await listContainersJson(needs, options)).toString()).toContain('"Status":"Up 4 seconds"');
      vi.setSystemTime(Date.parse('2026-01-01T02:00:00Z'));
      expect((await listContainersJson(needs, options)).toString()).toContain('"Status":"Up 2 hours"');
      await expectSame();
    } finally {
      vi.useRealTimers();
    }
  });

  it('is the same memory for as long as nothing has changed', async () => {
    const first = await listContainersJson(needs, options);
    expect(await listContainersJson(needs, options)).toBe(first);
    containers[0]!.record = record('once-more');
    expect((await listContainersJson(needs, options)).toString()).toContain('once-more');
    await expectSame();
  });

  it('is an empty array where there is nothing', async () => {
    expect((await listContainersJson(needs, { ...options, filters: { name: ['nobody'] } })).toString()).toBe('[]\n');
  });
});
