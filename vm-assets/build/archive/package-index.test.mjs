import { expect, it } from 'vitest';
import { compareVersions, parsePackages } from './package-index.mjs';

// Each pair in ascending order; what `dpkg --compare-versions` says of them.
it.each([
  ['1.0-1', '1.0-2'], ['1.0~rc1-1', '1.0-1'], ['9', '10'], ['1.2.13.dfsg-1', '1:1.0'], ['252.39-1~deb12u1', '252.39-1~deb12u2'], ['2.36-9+deb12u9', '2.36-9+deb12u14'],
  ['6.1.192-1', '6.1.192-1+b1'], ['1.0', '1.0+x'], ['1.0a', '1.0+'], ['0.5~', '0.5'], ['1.0-1~~', '1.0-1~'],
])('%s comes before %s', (lower, higher) => {
  expect(compareVersions(lower, higher)).toBeLessThan(0);
  expect(compareVersions(higher, lower)).toBeGreaterThan(0);
});

it('takes 0 and an absent epoch for equal', () => expect(compareVersions('0:1.5-1', '1.5-1')).toBe(0));

it('keeps the highest version of a package', () => {
  const text = ['1.9', '1.10', '1.2'].map((version) => `Package: a\nVersion: ${version}\nFilename: a_${version}.deb\nSize: 1\nSHA256: x\n`).join('\n');
  expect(parsePackages(text).get('a')).toMatchObject({ version: '1.10', path: 'a_1.10.deb' });
});
