import { describe, expect, test } from 'vitest';
import { formatAge, refineSince, sinceOfStatus } from '../age.ts';
import { attentionOf } from './attention.ts';
import { conditionOf, conditionWord, shortenHome, viewOf } from './container.ts';
import { formatPort, nextFreePort, parsePort, portsOf } from './ports.ts';
import { container } from '../../testing/scenes/sample.ts';

const now = 1_800_000_000_000;

describe('what a container is doing', () => {
  test.each([
    ['running', 'Up 3 hours', 'running', 'Running'],
    ['running', 'Up 3 hours (healthy)', 'healthy', 'Healthy'],
    ['running', 'Up 3 hours (unhealthy)', 'unhealthy', 'Unhealthy'],
    ['running', 'Up 4 seconds (health: starting)', 'starting', 'Starting'],
    ['restarting', 'Restarting (137) 4 seconds ago', 'restarting', 'Restarting'],
    ['paused', 'Up 5 days (Paused)', 'paused', 'Paused'],
    ['exited', 'Exited (0) 2 hours ago', 'exited', 'Exited 0'],
    ['exited', 'Exited (137) 2 hours ago', 'failed', 'Exited 137'],
    ['created', 'Created', 'created', 'Created'],
    ['dead', 'Dead', 'dead', 'Dead'],
  ] as const)('%s, "%s" is %s', (State, Status, condition, word) => {
    const view = viewOf(container('x', 'y', State, Status), now);
    expect(view.condition).toBe(condition);
    expect(conditionWord(view.condition, view.exitCode)).toBe(word);
  });

  test('a state of a newer engine does not break the row', () => {
    expect(conditionOf({ State: 'hibernating' as never, Status: 'Hibernating' })).toBe('created');
  });
});

describe('a row of the list', () => {
  test('the project is the prefix of the name only where it is one', () => {
    expect(viewOf(container('shop-web-1', 'i', 'running', 'Up 1 second', [], 'shop'), now).namePrefix).toBe('shop-');
    expect(viewOf(container('shopping-web-1', 'i', 'running', 'Up 1 second', [], 'shop'), now).namePrefix).toBe('');
    expect(viewOf(container('shop-', 'i', 'running', 'Up 1 second', [], 'shop'), now).namePrefix).toBe('');
  });

  test('names and labels of strangers cannot reorder the text around them', () => {
    const view = viewOf(container('x', 'y', 'running', 'Up 1 second', [], 'a\u202egnp.exe\n'), now);
    expect(view.project).toBe('a\ufffdgnp.exe\ufffd');
  });

  test('a row without a name shows its ID', () => {
    expect(viewOf({ ...container('x', 'y', 'running', 'Up 1 second'), Names: [] }, now).name).toHaveLength(12);
  });

  test('the home folder is shortened', () => {
    expect(['/home/jo/code/x.yaml', '/Users/jo/x', '/root/x', '/srv/home/x'].map(shortenHome)).toEqual(['~/code/x.yaml', '~/x', '~/x', '/srv/home/x']);
  });
});

describe('how long', () => {
  test.each([
    ['Up Less than a second', '0 s'],
    ['Up 4 seconds', '4 s'],
    ['Up About a minute', '1 m'],
    ['Up 41 minutes', '41 m'],
    ['Up About an hour (healthy)', '1 h'],
    ['Up 3 hours', '3 h'],
    ['Up 2 days', '2 d'],
    ['Exited (1) 3 weeks ago', '3 wk'],
  ])('%s is shown as %s', (status, shown) => {
    const since = sinceOfStatus(status, now);
    expect(since && formatAge(since, now)).toBe(shown);
  });

  test('what was read to the second stays so while the words only get coarser', () => {
    const seconds = sinceOfStatus('Up 12 seconds', now);
    const later = now + 3 * 3_600_000 + 720_000;
    const refined = refineSince(seconds, sinceOfStatus('Up 3 hours', later));
    expect(refined && formatAge(refined, later)).toBe('3 h 12 m');
  });

  test('a restart between two readings is not smoothed over', () => {
    const refined = refineSince(sinceOfStatus('Up 3 hours', now), sinceOfStatus('Up 2 seconds', now + 60_000));
    expect(refined && formatAge(refined, now + 60_000)).toBe('2 s');
  });
});

describe('ports', () => {
  test('each once, published first, with a link only where a browser can go', () => {
    const ports = portsOf([
      { PrivatePort: 9000, Type: 'tcp' },
      { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { PrivatePort: 80, Type: 'tcp' },
      { IP: '0.0.0.0', PrivatePort: 53, PublicPort: 53, Type: 'udp' },
    ]);
    expect(ports.map((port) => Object.values(formatPort(port)).join(''))).toEqual([':53/udp', ':8080→80', '9000']);
    expect(ports.map(({ url }) => url)).toEqual([undefined, 'http://localhost:8080', undefined]);
  });

  test('engines without ports send null', () => {
    expect(portsOf(null)).toEqual([]);
  });

  test.each([['80', 80], [' 80 ', 80], ['0', undefined], ['65536', undefined], ['8o', undefined], ['', undefined], ['-1', undefined]])('"%s" is %s', (text, port) => {
    expect(parsePort(text)).toBe(port);
  });

  test('the next free port steps over taken ones and ends at the last', () => {
    expect(nextFreePort(5432, new Set([5433]))).toBe(5434);
    expect(nextFreePort(65_535, new Set())).toBeUndefined();
  });
});

describe('attention', () => {
  const calm = { restartCount: 0, outOfMemory: false, memoryLimit: 0, exitCode: 0, error: '', failingStreak: 0, checkOutput: '' };

  test('a crash loop tells the count, the code and the limit', () => {
    const view = viewOf(container('w', 'i', 'restarting', 'Restarting (137) 4 seconds ago'), now);
    expect(attentionOf(view, { ...calm, restartCount: 4, outOfMemory: true, memoryLimit: 256 * 2 ** 20 }, now)).toEqual({
      cause: 'It restarted 4 times.',
      proof: 'It ends with exit code 137: out of memory at 256 MB.',
    });
  });

  test('a stopped container is no trouble, a killed one only when memory ran out', () => {
    const stopped = viewOf(container('w', 'i', 'exited', 'Exited (137) 4 seconds ago'), now);
    expect(attentionOf(stopped, calm, now)).toBeUndefined();
    expect(attentionOf(stopped, { ...calm, outOfMemory: true }, now)).toBeDefined();
  });

  test('a failure is news for ten minutes', () => {
    const view = viewOf(container('w', 'i', 'exited', 'Exited (127) 9 minutes ago'), now);
    expect(attentionOf(view, undefined, now)?.proof).toBe('It ended with exit code 127: its command was not found.');
    expect(attentionOf(view, undefined, now + 120_000)).toBeUndefined();
  });
});
