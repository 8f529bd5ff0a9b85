import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requiredLiterals } from './required-literal.ts';

test.each([
  ['timeout', 'timeout'],
  ['time.?out after \\d+ ms', 'out after '],
  ['a(b|c)defg', 'defg'],
  ['abc|def', undefined],
  ['abcd?e', 'abc'],
  ['ab+cd', 'ab'],
  ['ab{0,3}cde', 'cde'],
  ['\\bword\\b', 'word'],
  ['GET /x\\.html', 'GET /x'],
  ['\\u0041bc', 'bc'],
  ['[abc]+', undefined],
  ['(?<x>a)\\k<x>zz', 'zz'],
  ['.*', undefined],
  ['"quoted"', 'quoted'],
  ['', undefined],
])('%s needs %s', (source, literal) => {
  expect(requiredLiterals(source)[0]).toBe(literal);
});

const piece = fc.constantFrom('a', 'bc', 'x?', 'y*', 'z+', '(ab)', '(?:q|r)', '[st]', '.', '\\d', '\\.', '\\-', 'w{0}', 'v{2,3}', '\\x41', ' ', '=', '^', '$', 'm??', '(n)?', '\\b');

test('whatever matches contains it', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')), fc.string({ unit: fc.constantFrom(...'abcxyzqrst0.-wvA =mn'), maxLength: 30 }), (source, text) => {
      const match = new RegExp(source).exec(text);
      if (match !== null) for (const literal of requiredLiterals(source)) expect(match[0]).toContain(literal);
    }),
    { numRuns: 3000 },
  );
});
