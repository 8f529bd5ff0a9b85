import { expect, it } from 'vitest';
import { guestPath, hostPath } from './guest-path.ts';

it.each([
  ['linux', '/home/me/project', '/home/me/project'],
  ['linux', '/home/me/', '/home/me'],
  ['linux', '/', '/'],
  ['darwin', '/Users/me', '/Users/me'],
  ['win32', 'C:\\Users\\me', '/c/Users/me'],
  ['win32', 'c:/Users/me/', '/c/Users/me'],
  ['win32', 'D:\\', '/d'],
  ['win32', '/c/Users/me', '/c/Users/me'],
] as const)('on %s %s is %s in the VM', (platform, path, expected) => expect(guestPath(path, platform)).toBe(expected));

it.each([
  ['linux', '/c/Users', '/c/Users'],
  ['win32', '/c/Users/me', 'C:\\Users\\me'],
  ['win32', '/d', 'D:\\'],
] as const)('on %s %s of the VM is %s', (platform, path, expected) => expect(hostPath(path, platform)).toBe(expected));
