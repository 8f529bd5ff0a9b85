import { expect, test } from 'vitest';
import { choosePlatform, parsePlatform } from './platform.ts';

test.each([
  ['linux/amd64', { os: 'linux', architecture: 'amd64' }],
  ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: 'v7' }],
  ['arm64', { os: 'linux', architecture: 'arm64' }],
  ['Linux/x86_64', { os: 'linux', architecture: 'amd64' }],
])('%s', (text, expected) => {
  expect(parsePlatform(text)).toEqual(expected);
});

test.each(['', 'a/b/c/d', 'linux/', 'linux/am d'])('%j is refused', (text) => {
  expect(() => parsePlatform(text)).toThrow(/is an invalid platform/);
});

test('the machine takes its own variant, then a lower one, never a higher', () => {
  const entry = (architecture: string, variant?: string) => ({ name: `${architecture}${variant ?? ''}`, platform: { os: 'linux', architecture, variant } });
  const all = [entry('arm', 'v5'), entry('amd64'), entry('arm', 'v7'), entry('arm', 'v6'), entry('arm64', 'v8')];
  expect(choosePlatform(all, parsePlatform('linux/arm/v7'))?.name).toBe('armv7');
  expect(choosePlatform(all, parsePlatform('linux/arm/v6'))?.name).toBe('armv6');
  expect(choosePlatform(all, parsePlatform('linux/arm'))?.name).toBe('armv7');
  expect(choosePlatform(all, parsePlatform('linux/arm64'))?.name).toBe('arm64v8');
  expect(choosePlatform([entry('arm', 'v7')], parsePlatform('linux/arm/v6'))).toBeUndefined();
  expect(choosePlatform([entry('amd64', 'v3')], parsePlatform('linux/amd64'))).toBeUndefined();
  expect(choosePlatform([{}], parsePlatform('linux/amd64'))).toBeUndefined();
});
