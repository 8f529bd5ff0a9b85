import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidParameterError } from '../../errors.ts';
import { matchesPath } from './path-match.ts';

test.each([
  ['*', 'busybox:latest', true],
  ['*', 'user/app:1', false],
  ['*/*', 'user/app:1', true],
  ['busy?ox:*', 'busybox:1', true],
  ['[a-c]usybox', 'busybox', true],
  ['[^a-c]usybox', 'busybox', false],
  ['a\\*', 'a*', true],
  ['a.b', 'axb', false],
  ['', '', true],
])('%s on %s', (pattern, text, expected) => {
  expect(matchesPath(pattern, text)).toBe(expected);
});

test('any pattern answers or is refused, at once', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[*a?[\]\\^/-]{0,40}$/)), fc.stringMatching(/^a{0,40}$/), (pattern, text) => {
      try {
        expect(typeof matchesPath(pattern, text)).toBe('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidParameterError);
      }
    }),
  );
});

test('a range that is none is refused', () => {
  expect(() => matchesPath('[z-a]', 'a')).toThrow(/syntax error in pattern/);
});
