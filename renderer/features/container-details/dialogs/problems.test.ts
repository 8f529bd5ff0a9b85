import { expect, test } from 'vitest';
import { limitsOf, problemOfName, problemsOf, updateOf } from './problems.ts';

const host = { Memory: 256 * 2 ** 20, MemorySwap: 512 * 2 ** 20, NanoCpus: 1.5e9, RestartPolicy: { Name: 'always' as const, MaximumRetryCount: 0 } };
const before = limitsOf(host);

test('what is set is shown as a person writes it', () => {
  expect(before).toEqual({ memory: '256m', cpus: '1.5', pids: '', restart: 'always', retries: '0' });
  expect(limitsOf({ Memory: 3 * 2 ** 30, RestartPolicy: { Name: '', MaximumRetryCount: 0 } })).toMatchObject({ memory: '3g', cpus: '', restart: 'no' });
});

test('only what changed is sent, and memory brings its swap along', () => {
  expect(updateOf('web', before, before, host)).toEqual({ command: ['docker', 'update', 'web'], body: {} });
  expect(updateOf('web', { ...before, memory: '1g', pids: '100' }, before, host)).toEqual({
    command: ['docker', 'update', '--memory', '1g', '--memory-swap', '2g', '--pids-limit', '100', 'web'],
    body: { Memory: 2 ** 30, MemorySwap: 2 ** 31, PidsLimit: 100 },
  });
  expect(updateOf('web', { ...before, restart: 'on-failure', retries: '3' }, before, host)).toEqual({ command: ['docker', 'update', '--restart', 'on-failure:3', 'web'], body: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } } });
  expect(updateOf('web', { ...before, memory: '1g' }, before, { ...host, MemorySwap: -1 }).body.MemorySwap).toBe(-1);
});

test('what the engine would refuse is said before', () => {
  expect(Object.keys(problemsOf(before, before))).toEqual([]);
  expect(Object.keys(problemsOf({ memory: '1m', cpus: 'x', pids: '-1', restart: 'always', retries: 'n' }, before))).toEqual(['memory', 'cpus', 'pids', 'retries']);
  expect(problemsOf({ ...before, memory: '' }, before).memory).toContain('cannot be taken away');
  expect(problemOfName('db', [{ name: 'db' }])).toContain('db');
  expect(problemOfName('-x', [])).toBeDefined();
  expect(problemOfName('db-2', [{ name: 'db' }])).toBeUndefined();
});
