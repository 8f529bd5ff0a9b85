import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidParameterError } from '../../errors.ts';
import { canonicalString, familiarString, parseReference } from './reference.ts';

/** Without a dot: `docker.io/a.b/c` is `a.b/c` in its short form, which then is a host's. Docker has that flaw too. */
const component = fc.stringMatching(/^[a-z0-9]{1,8}([_-][a-z0-9]{1,4})?$/);
const domain = fc.constantFrom('', 'localhost:5000/', 'docker.io/', 'ghcr.io/', '[::1]:80/', 'example.com/');
const suffix = fc.oneof(fc.constant(''), fc.stringMatching(/^:[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), fc.stringMatching(/^@sha256:[0-9a-f]{64}$/));
const name = fc.tuple(domain, fc.array(component, { minLength: 1, maxLength: 3 }), suffix).map(([host, path, end]) => host + path.join('/') + end);

test('a name means the same in its short and in its full form', () => {
  fc.assert(
    fc.property(name, (text) => {
      const reference = parseReference(text);
      expect(parseReference(canonicalString(reference))).toEqual(reference);
      expect(parseReference(familiarString(reference))).toEqual(reference);
    }),
  );
});

test('any text is a name or is refused in words', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', 'B', '/', ':', '@', '.', '-', '_', '0') })), (text) => {
      try {
        const reference = parseReference(text);
        expect(parseReference(canonicalString(reference))).toEqual(reference);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidParameterError);
      }
    }),
  );
});
