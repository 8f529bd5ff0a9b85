import { expect, test } from 'vitest';
import { checkHealthConfig, healthCheckOf } from './health-check.ts';
import { afterProbe, nextProbe, startingHealth, unwatchedHealth } from './health-state.ts';
import type { ProbeResult } from './health-state.ts';

const startedAt = '2026-01-01T00:00:00Z';
const result = (second: number, exitCode: number): ProbeResult => {
  const time = `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
  return { Start: time, End: time, ExitCode: exitCode, Output: '' };
};
const check = (fields: object) => healthCheckOf({ Healthcheck: { Test: ['CMD', 'true'], ...fields } })!;

test('what is run, by the form of the test', () => {
  expect(healthCheckOf({})).toBeNull();
  expect(healthCheckOf({ Healthcheck: { Test: ['NONE'] } })).toBeNull();
  expect(healthCheckOf({ Healthcheck: { Test: [] } })).toBeNull();
  expect(healthCheckOf({ Healthcheck: { Test: ['FOO', 'x'] } })).toBeNull();
  expect(check({}).command).toEqual(['true']);
  expect(healthCheckOf({ Healthcheck: { Test: ['CMD-SHELL', 'exit 1'] } })!.command).toEqual(['/bin/sh', '-c', 'exit 1']);
  expect(healthCheckOf({ Shell: ['/bin/ash', '-ec'], Healthcheck: { Test: ['CMD-SHELL', 'exit 1'] } })!.command).toEqual(['/bin/ash', '-ec', 'exit 1']);
});

test('moby’s defaults', () => {
  expect(check({})).toMatchObject({ interval: 30e9, timeout: 30e9, startPeriod: 0, startInterval: 5e9, retries: 3 });
});

test('unhealthy after as many failures in a row as retries', () => {
  const twice = check({ Retries: 2 });
  const one = afterProbe(startingHealth(undefined), result(1, 1), twice, startedAt);
  expect(one).toMatchObject({ Status: 'starting', FailingStreak: 1 });
  const two = afterProbe(one, result(2, 1), twice, startedAt);
  expect(two).toMatchObject({ Status: 'unhealthy', FailingStreak: 2 });
  expect(afterProbe(two, result(3, 0), twice, startedAt)).toMatchObject({ Status: 'healthy', FailingStreak: 0 });
});

test('failures in the start period do not count until it has been healthy once', () => {
  const patient = check({ Retries: 1, StartPeriod: 10e9 });
  const early = afterProbe(startingHealth(undefined), result(5, 1), patient, startedAt);
  expect(early).toMatchObject({ Status: 'starting', FailingStreak: 0 });
  expect(afterProbe(early, result(11, 1), patient, startedAt)).toMatchObject({ Status: 'unhealthy', FailingStreak: 1 });
  const healthy = afterProbe(early, result(6, 0), patient, startedAt);
  expect(afterProbe(healthy, result(7, 1), patient, startedAt)).toMatchObject({ Status: 'unhealthy', FailingStreak: 1 });
});

test('the last five results are kept, over restarts too', () => {
  let health = startingHealth(undefined);
  for (let second = 1; second <= 7; second += 1) health = afterProbe(health, result(second, 0), check({}), startedAt);
  expect(health.Log!.map(({ Start }) => Start.slice(-3, -1))).toEqual(['03', '04', '05', '06', '07']);
  expect(unwatchedHealth(health)).toMatchObject({ Status: 'unhealthy', FailingStreak: 0 });
  expect(startingHealth(unwatchedHealth(health))).toEqual({ Status: 'starting', FailingStreak: 0, Log: health.Log });
});

test('the start interval holds in the start period, until it is healthy', () => {
  const eager = check({ StartPeriod: 10e9, StartInterval: 1e9, Interval: 20e9 });
  const starting = startingHealth(undefined);
  expect(nextProbe(starting, eager, 0)).toBe(1e9);
  expect(nextProbe(starting, eager, 10e9)).toBe(20e9);
  expect(nextProbe({ ...starting, Status: 'healthy' }, eager, 2e9)).toBe(20e9);
});

test.each([
  [{ Interval: 999_999 }, 'Interval in Healthcheck cannot be less than 1ms'],
  [{ Timeout: 1 }, 'Timeout in Healthcheck cannot be less than 1ms'],
  [{ StartPeriod: -1 }, 'StartPeriod in Healthcheck cannot be less than 1ms'],
  [{ StartInterval: 5 }, 'StartInterval in Healthcheck cannot be less than 1ms'],
  [{ Retries: -1 }, 'Retries in Healthcheck cannot be negative'],
])('%j is refused', (asked, message) => {
  expect(() => checkHealthConfig(asked)).toThrow(message);
});
