import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAnsi, plainText } from './ansi.ts';

test('colours, weights and resets become runs', () => {
  expect(parseAnsi('a \x1b[31mred\x1b[0m \x1b[1;92mbold\x1b[22m thin\x1b[39m')).toEqual([
    { text: 'a ' },
    { text: 'red', fg: 1 },
    { text: ' ' },
    { text: 'bold', bold: true, fg: 10 },
    { text: ' thin', fg: 10 },
  ]);
});

test('256 colours and true colour, with semicolons and with colons', () => {
  expect(parseAnsi('\x1b[38;5;3mA\x1b[38;5;196mB\x1b[48;5;244mC\x1b[38;2;1;2;300mD')).toEqual([
    { text: 'A', fg: 3 },
    { text: 'B', fg: 'rgb(255 0 0)' },
    { text: 'C', fg: 'rgb(255 0 0)', bg: 'rgb(128 128 128)' },
    { text: 'D', fg: 'rgb(1 2 255)', bg: 'rgb(128 128 128)' },
  ]);
  expect(parseAnsi('\x1b[38:5:9mA')).toEqual([{ text: 'A', fg: 9 }]);
});

test('everything but SGR is dropped: cursor moves, titles, hyperlinks, unfinished sequences', () => {
  expect(plainText('\x1b[2J\x1b[1;1Hhome\x1b]0;title\x07!\x1b]8;;javascript:alert(1)\x1b\\link\x1b]8;;\x1b\\ end\x1b[3')).toBe('home!link end');
  expect(plainText('open\x1b]0;never closed')).toBe('open');
  expect(plainText('\x1bPq#0;2;0;0;0\x1b\\after')).toBe('after');
  expect(plainText('a\x9b31mb')).toBe('ab');
});

test('a carriage return starts the line over, a trailing one does not', () => {
  expect(plainText('10%\r50%\r100%\r')).toBe('100%');
  expect(parseAnsi('10%\r\x1b[32m100%\x1b[0m\r\r')).toEqual([{ text: '100%', fg: 2 }]);
});

test('characters that reorder their neighbours are taken out', () => {
  expect(plainText('user=\u202eerom\u202c ok\u2066x\u2069')).toBe('user=erom okx');
});

const escapeish = fc.array(fc.constantFrom('\x1b', '[', ']', 'm', ';', ':', '3', '8', '2', '5', '\r', '\x07', '\\', '\x9b', 'x', '<', '\u202e', '\t'), { maxLength: 60 }).map((parts) => parts.join(''));

test('for any line the runs joined are the plain text, and no control character is left', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), escapeish), (line) => {
      const joined = parseAnsi(line).map(({ text }) => text).join('');
      expect(joined).toBe(plainText(line));
      expect(joined).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e]/);
    }),
    { numRuns: 600 },
  );
});

test('a hostile line of a megabyte is read in one pass', () => {
  for (const piece of ['\x1b[0;', '\x1b]x', '\x1b', '\r', '\x1b[31m', '0']) {
    expect(plainText(`\x1b[${piece.repeat(200_000)}\n`).length).toBeLessThanOrEqual(400_001);
  }
});

test('a colour is an index or an rgb() made of numbers, whatever the line says', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 99_999 }), { maxLength: 12 }), (codes) => {
      for (const { fg, bg } of parseAnsi(`\x1b[${codes.join(';')}mx`)) {
        for (const colour of [fg, bg]) {
          if (typeof colour === 'string') expect(colour).toMatch(/^rgb\(\d{1,3} \d{1,3} \d{1,3}\)$/);
          else if (colour !== undefined) expect(colour).toBeLessThan(16);
        }
      }
    }),
  );
});
