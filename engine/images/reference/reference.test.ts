import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidParameterError } from '../../errors.ts';
import { canonicalString, familiarString, parseReference, withDefaultTag } from './reference.ts';

const hex = 'a'.repeat(64);

test.each([
  ['busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
  ['busybox:1.36', 'docker.io/library/busybox:1.36', 'busybox:1.36'],
  ['user/app', 'docker.io/user/app:latest', 'user/app:latest'],
  ['docker.io/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
  ['index.docker.io/library/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
  ['localhost/x', 'localhost/x:latest', 'localhost/x:latest'],
  ['localhost:5000/x:y', 'localhost:5000/x:y', 'localhost:5000/x:y'],
  ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c:latest', '127.0.0.1:5000/a/b/c:latest'],
  ['[::1]:5000/x', '[::1]:5000/x:latest', '[::1]:5000/x:latest'],
  ['Host/x', 'Host/x:latest', 'Host/x:latest'],
  ['ghcr.io/a-b/c__d.e/f---g:V1.0_x-y', 'ghcr.io/a-b/c__d.e/f---g:V1.0_x-y', 'ghcr.io/a-b/c__d.e/f---g:V1.0_x-y'],
  [`x@sha256:${hex}`, `docker.io/library/x@sha256:${hex}`, `x@sha256:${hex}`],
  [`x:t@sha256:${hex}`, `docker.io/library/x:t@sha256:${hex}`, `x:t@sha256:${hex}`],
])('%s is %s, and %s to the user', (text, canonical, familiar) => {
  const reference = withDefaultTag(parseReference(text));
  expect(canonicalString(reference)).toBe(canonical);
  expect(familiarString(reference)).toBe(familiar);
});

describe('refused', () => {
  test.each([
    ['', 'invalid reference format'],
    ['A', 'invalid reference format: repository name (library/A) must be lowercase'],
    ['user/App:x', 'invalid reference format: repository name (user/App) must be lowercase'],
    [hex, `invalid repository name (${hex}), cannot specify 64-byte hexadecimal strings`],
    ['a b', 'invalid reference format'],
    [':x', 'invalid reference format'],
    ['x:', 'invalid reference format'],
    ['x:a:b', 'invalid reference format'],
    [`x:${'t'.repeat(129)}`, 'invalid reference format'],
    ['-x', 'invalid reference format'],
    ['a..b', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['../x', 'invalid reference format'],
    ['localhost:port/x', 'invalid reference format'],
    ['x@sha256:abc', 'invalid reference format'],
    ['x@sha256:' + 'A'.repeat(64), `invalid reference format: unsupported digest sha256:${'A'.repeat(64)}`],
    [`x@sha512:${'a'.repeat(128)}`, `invalid reference format: unsupported digest sha512:${'a'.repeat(128)}`],
    [`docker.io/${'a/'.repeat(130)}a`, 'repository name must not be more than 255 characters'],
  ])('%s', (text, message) => {
    expect(() => parseReference(text)).toThrow(new InvalidParameterError(message));
  });
});

const component = fc.stringMatching(/^[a-z0-9]{1,6}([._-][a-z0-9]{1,4}){0,2}$/);
const domains = fc.option(fc.stringMatching(/^([a-z0-9]{1,5}\.){1,2}[a-z]{2,4}(:[0-9]{1,5})?$/), { nil: undefined });

test('what is valid keeps its meaning through every spelling', () => {
  const parts = fc.tuple(domains, fc.array(component, { minLength: 1, maxLength: 4 }), fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/)), fc.boolean());
  fc.assert(
    fc.property(parts, ([domain, path, tag, hasDigest]) => {
      const text = `${domain === undefined ? '' : `${domain}/`}${path.join('/')}${tag === null ? '' : `:${tag}`}${hasDigest ? `@sha256:${hex}` : ''}`;
      const reference = parseReference(text);
      expect(reference.tag).toBe(tag);
      expect(reference.digest).toBe(hasDigest ? `sha256:${hex}` : null);
      expect(parseReference(canonicalString(reference))).toEqual(reference);
      expect(parseReference(familiarString(reference))).toEqual(reference);
    }),
  );
});

test('any text parses or is refused, at once', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9._:/@-]{0,300}$/)), (text) => {
      try {
        expect(parseReference(canonicalString(parseReference(text)))).toEqual(parseReference(text));
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidParameterError);
      }
    }),
  );
});
