import { expect, test } from 'vitest';
import type { RestartPolicy } from '../../../contract/engine-api/container.ts';
import { restartDelay, startsWithEngine } from './restart-policy.ts';

const policy = (Name: RestartPolicy['Name'], MaximumRetryCount = 0): RestartPolicy => ({ Name, MaximumRetryCount });
const run = { exitCode: 1, manuallyStopped: false, restartCount: 0, ranFor: 50, lastDelay: 0 };

test('who is started again', () => {
  expect(restartDelay(policy('no'), run)).toBeNull();
  expect(restartDelay(policy('always'), { ...run, exitCode: 0 })).toBe(100);
  expect(restartDelay(policy('unless-stopped'), run)).toBe(100);
  expect(restartDelay(policy('on-failure'), run)).toBe(100);
  expect(restartDelay(policy('on-failure'), { ...run, exitCode: 0 })).toBeNull();
  expect(restartDelay(policy('on-failure', 2), { ...run, restartCount: 2 })).toBeNull();
  expect(restartDelay(policy('always'), { ...run, manuallyStopped: true })).toBeNull();
});

test('delays double to a minute, and a good run forgives', () => {
  const delays: number[] = [];
  let lastDelay = 0;
  for (let count = 0; count < 12; count += 1) delays.push((lastDelay = restartDelay(policy('always'), { ...run, lastDelay })!));
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]);
  expect(restartDelay(policy('always'), { ...run, lastDelay: 60000, ranFor: 10_000 })).toBe(100);
});

test('who is started with the engine', () => {
  const stopped = { exitCode: 137, manuallyStopped: true, restartCount: 0 };
  expect(startsWithEngine(policy('always'), stopped)).toBe(true);
  expect(startsWithEngine(policy('unless-stopped'), stopped)).toBe(false);
  expect(startsWithEngine(policy('unless-stopped'), { ...stopped, manuallyStopped: false })).toBe(true);
  expect(startsWithEngine(policy('no'), { ...stopped, manuallyStopped: false })).toBe(false);
});
