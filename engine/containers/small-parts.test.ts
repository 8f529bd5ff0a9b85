import { describe, expect, test } from 'vitest';
import { DetachKeyFilter, parseDetachKeys } from './detach-keys.ts';
import { checkName, generateName } from './names.ts';
import { parseSignal } from './signals.ts';
import { humanDuration, statusText } from './status-text.ts';

describe('names', () => {
  test('what is one', () => {
    expect(checkName('/web-1.x_y')).toBe('web-1.x_y');
    for (const name of ['', 'x', '/', '-web', 'a b', 'b@d', 'a/b']) expect(() => checkName(name)).toThrow(`Invalid container name (${name})`);
  });

  test('generated ones are free', () => {
    const taken = new Set<string>();
    for (let count = 0; count < 2000; count += 1) {
      const name = generateName((candidate) => taken.has(candidate));
      expect(taken.has(name)).toBe(false);
      taken.add(checkName(name));
    }
    expect(generateName((candidate) => !/\d$/.test(candidate))).toMatch(/^[a-z]+_[a-z]+\d+$/);
  });
});

test('signals by number and name', () => {
  expect(['9', 'KILL', 'SIGKILL', 'sigterm', 'RTMIN', 'SIGRTMIN+3', 'RTMAX-1', '64'].map(parseSignal)).toEqual([9, 9, 9, 15, 34, 37, 63, 64]);
  for (const text of ['FOO', '0', '65', '-1', '', 'RTMIN+99']) expect(() => parseSignal(text)).toThrow(`invalid signal: ${text}`);
});

describe('detach keys', () => {
  test('are read as moby reads them', () => {
    expect([...parseDetachKeys('')]).toEqual([16, 17]);
    expect([...parseDetachKeys('ctrl-a,x,DEL,ctrl-[')]).toEqual([1, 120, 127, 27]);
    expect(() => parseDetachKeys('ctrl-1')).toThrow('Invalid detach keys (ctrl-1) provided');
  });

  test('are found over chunks, and half of them is passed on later', () => {
    const typed = (...chunks: string[]) => {
      const filter = new DetachKeyFilter(parseDetachKeys('ctrl-p,ctrl-q'));
      let text = '';
      for (const chunk of chunks) {
        const { bytes, detach } = filter.push(Buffer.from(chunk));
        text += bytes.toString();
        if (detach) return `${text}<detach>`;
      }
      return text;
    };
    expect(typed('ab\x10\x11cd')).toBe('ab<detach>');
    expect(typed('ab\x10', '\x11')).toBe('ab<detach>');
    expect(typed('\x10', 'x')).toBe('\x10x');
    expect(typed('\x10\x10\x11')).toBe('\x10<detach>');
    expect(typed('plain')).toBe('plain');
  });
});

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
  expect(statusText({ status: 'paused', pid: 1, ...times }, now)).toBe('Up About a minute (Paused)');
  expect(statusText({ status: 'exited', exitCode: 3, error: '', oomKilled: false, ...times }, now)).toBe('Exited (3) 3 seconds ago');
  expect(statusText({ status: 'restarting', exitCode: 1, error: '', oomKilled: false, ...times }, now)).toBe('Restarting (1) 3 seconds ago');
});
