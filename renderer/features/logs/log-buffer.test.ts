import { expect, test } from 'vitest';
import { parseAnsi } from '../../format/log/ansi.ts';
import { keptLines, LogBuffer } from './log-buffer.ts';
import { cutAtHits, findHits } from './log-search.ts';

const buffer = (): LogBuffer => new LogBuffer((tell) => {
  tell();
  return 1;
});
const stamp = (second: number): string => `2025-11-20T14:02:${String(second).padStart(2, '0')}.000000001Z`;

test('chunks that cut lines anywhere give whole lines', () => {
  const log = buffer();
  for (const character of 'one\ntwo\nthree') log.push({ stream: 'stdout', text: character });
  expect(log.lines.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  log.push({ stream: 'stdout', text: ' and a half\n' });
  expect(log.lines.map(({ text, number }) => [number, text])).toEqual([[0, 'one'], [1, 'two'], [2, 'three and a half']]);
  expect(log.received).toBe(3);
});

test('both streams keep their own unfinished lines', () => {
  const log = buffer();
  log.push({ stream: 'stdout', text: 'prompt> ' });
  log.push({ stream: 'stderr', text: 'oops\n' });
  expect(log.lines.map(({ stream, text }) => [stream, text])).toEqual([['stdout', 'prompt> '], ['stderr', 'oops']]);
});

test('levels are counted and filter what is shown', () => {
  const log = buffer();
  log.push({ stream: 'stdout', text: 'INFO a\nWARN b\nERROR c\nplain\n' });
  expect([log.errors, log.warnings]).toEqual([1, 1]);
  log.setFilter('warning');
  log.push({ stream: 'stdout', text: 'DEBUG d\nERROR e\n' });
  expect(log.shown.map(({ text }) => text)).toEqual(['WARN b', 'ERROR c', 'ERROR e']);
  log.setFilter('all');
  expect(log.shown).toHaveLength(6);
});

test('matches are found in what is there and in what comes', () => {
  const log = buffer();
  log.push({ stream: 'stdout', text: 'Timeout timeout\n' });
  log.setSearch({ query: 'timeout', matchCase: false });
  log.push({ stream: 'stdout', text: 'x timeout\n' });
  expect(log.hits).toEqual([{ line: 0, from: 0, to: 7 }, { line: 0, from: 8, to: 15 }, { line: 1, from: 2, to: 9 }]);
  log.setSearch({ query: 'Timeout', matchCase: true });
  expect(log.hits).toHaveLength(1);
  log.setSearch(undefined);
  expect(log.hits).toEqual([]);
});

test('a stream taken up again repeats nothing', () => {
  const log = buffer();
  log.push({ stream: 'stdout', text: `${stamp(1)} a\n${stamp(2)} b\n` });
  log.resume();
  log.push({ stream: 'stdout', text: `${stamp(1)} a\n${stamp(2)} b\n${stamp(3)} c\n` });
  expect(log.lines.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
});

test('lines of the same moment are told apart by their number', () => {
  const log = buffer();
  log.push({ stream: 'stdout', text: `${stamp(1)} a\n${stamp(2)} b\n${stamp(2)} c\n` });
  expect(log.resume()).toBe(stamp(2));
  log.push({ stream: 'stdout', text: `${stamp(2)} b\n${stamp(2)} c\n${stamp(2)} d\n${stamp(3)} e\n` });
  expect(log.lines.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('old lines go, the newest stay, and numbers go on', () => {
  const log = buffer();
  const lines = keptLines + 20_000;
  log.push({ stream: 'stdout', text: Array.from({ length: lines }, (_, index) => `line ${index}\n`).join('') });
  expect(log.lines).toHaveLength(keptLines);
  expect(log.lines.at(-1)).toMatchObject({ number: lines - 1, text: `line ${lines - 1}` });
  expect(log.received).toBe(lines);
});

test('listeners hear once a frame', () => {
  const frames: (() => void)[] = [];
  const log = new LogBuffer((tell) => frames.push(tell));
  let heard = 0;
  log.subscribe(() => (heard += 1));
  for (let index = 0; index < 50; index++) log.push({ stream: 'stdout', text: 'x\n' });
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(heard).toBe(1);
});

test('styled runs are cut where matches begin and end, across runs', () => {
  const spans = parseAnsi('up\x1b[31mstream ti\x1b[0mmeout!');
  const hits = findHits({ number: 0, text: 'upstream timeout!' }, { query: 'timeout', matchCase: true });
  expect(cutAtHits(spans, hits).map(({ text, hit }) => [text, hit])).toEqual([
    ['up', undefined],
    ['stream ', undefined],
    ['ti', 0],
    ['meout', 0],
    ['!', undefined],
  ]);
});

test('a search that matches an empty string finds nothing instead of everything', () => {
  expect(findHits({ number: 0, text: 'abc' }, { query: '', matchCase: false })).toEqual([]);
});
