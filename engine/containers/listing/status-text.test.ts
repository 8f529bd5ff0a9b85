import { expect, test } from 'vitest';
import { humanDuration, statusLasts, statusText } from './status-text.ts';

test('durations in words', () => {
  const cases: [number, string][] = [
    [0.4, 'Less than a second'], [1, '1 second'], [59, '59 seconds'], [61, 'About a minute'], [180, '3 minutes'], [3600, 'About an hour'],
    [5400, '2 hours'], [47 * 3600, '47 hours'], [3 * 86400, '3 days'], [15 * 86400, '2 weeks'], [70 * 86400, '2 months'], [800 * 86400, '2 years'],
  ]; // prettier-ignore
  for (const [seconds, words] of cases) expect(humanDuration(seconds)).toBe(words);
});

test('the status column', () => {
  const now = Date.parse('2026-01-01T00:01:05Z');
  const times = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:01:02Z' };
  expect(statusText({ status: 'created' }, now)).toBe('Created');
  expect(statusText({ status: 'running', pid: 1, ...times }, now)).toBe('Up About a minute');
  expect(statusText({ status: 'running', pid: 1, ...times }, now, { Status: 'starting', FailingStreak: 0, Log: null })).toBe('Up About a minute (health: starting)');
  expect(statusText({ status: 'running', pid: 1, ...times }, now, { Status: 'healthy', FailingStreak: 0, Log: null })).toBe('Up About a minute (healthy)');
  expect(statusText({ status: 'paused', pid: 1, ...times }, now)).toBe('Up About a minute (Paused)');
  expect(statusText({ status: 'exited', exitCode: 3, error: '', oomKilled: false, ...times }, now)).toBe('Exited (3) 3 seconds ago');
  expect(statusText({ status: 'restarting', exitCode: 1, error: '', oomKilled: false, ...times }, now)).toBe('Restarting (1) 3 seconds ago');
});

test('how long the status column says the same', () => {
  const started = Date.parse('2026-01-01T00:00:00Z');
  const state = { status: 'running', pid: 1, startedAt: '2026-01-01T00:00:00Z' } as const;
  expect(statusLasts({ status: 'created' }, started)).toBe(Infinity);
  // Before the start too: clocks are set.
  for (const elapsed of [-500, 0, 1, 999, 1000, 59_999, 60_000, 3_599_999, 5_399_000, 86_400_001, 47 * 3_600_000 + 1]) {
    const now = started + elapsed;
    const until = now + statusLasts(state, now);
    expect(until).toBeGreaterThan(now);
    expect(statusText(state, until - 1)).toBe(statusText(state, now));
  }
});
