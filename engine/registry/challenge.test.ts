import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

test.each([
  ['Basic realm="a b"', [{ scheme: 'basic', parameters: { realm: 'a b' } }]],
  [
    'Bearer realm="https://auth.example/token",service="s",scope="repository:a/b:pull,push"',
    [{ scheme: 'bearer', parameters: { realm: 'https://auth.example/token', service: 's', scope: 'repository:a/b:pull,push' } }],
  ],
  ['Bearer realm=plain , error="say \\"no\\""', [{ scheme: 'bearer', parameters: { realm: 'plain', error: 'say "no"' } }]],
  [
    'Negotiate, Basic realm="x", Bearer REALM="y"',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'x' } },
      { scheme: 'bearer', parameters: { realm: 'y' } },
    ],
  ],
  ['', []],
])('%s', (header, expected) => {
  expect(parseChallenges(header)).toEqual(expected);
});

test('any header is read to an end', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[Bearsic ="\\,]{0,200}$/)), (header) => {
      expect(Array.isArray(parseChallenges(header))).toBe(true);
    }),
  );
});
