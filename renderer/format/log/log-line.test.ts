import { expect, test } from 'vitest';
import { levelOf, parseLogLine } from './log-line.ts';

test('the time in front is taken off, to the millisecond', () => {
  const line = parseLogLine(3, 'stderr', '2025-11-20T14:02:11.482913004Z ERROR no answer');
  expect(line).toMatchObject({ number: 3, stream: 'stderr', raw: 'ERROR no answer', text: 'ERROR no answer', level: 'error' });
  expect(new Date(line.time ?? 0).toISOString()).toBe('2025-11-20T14:02:11.482Z');
});

test('a line without a time, or with an impossible one, is whole', () => {
  expect(parseLogLine(0, 'stdout', 'plain')).toMatchObject({ time: undefined, text: 'plain' });
  expect(parseLogLine(0, 'stdout', '2025-99-20T14:02:11Z x')).toMatchObject({ time: undefined, text: '2025-99-20T14:02:11Z x' });
});

test.each([
  ['WARN slow query', 'warning'],
  ['2025/01/02 10:00:00 [error] 7#7: *1 open() failed', 'error'],
  ['{"level":"warn","msg":"x"}', 'warning'],
  ['time="x" level=info msg="GET /"', 'info'],
  ['error: cannot open', 'error'],
  ['I like errors and warnings', undefined],
  ['GET /info 200', undefined],
  ['DEBUG batch 1/14', 'debug'],
  ['FATAL: out of memory', 'error'],
] as const)('%s is %s', (text, level) => {
  expect(levelOf(text)).toBe(level);
});
