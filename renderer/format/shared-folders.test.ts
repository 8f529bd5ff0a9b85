import { expect, it } from 'vitest';
import { isAbsolutePath, isShared } from './shared-folders.ts';

it.each([
  ['/home/me/project', ['/home/me'], true],
  ['/home/me/', ['/home/me'], true],
  ['/home/me2', ['/home/me'], false],
  ['/home', ['/home/me'], false],
  ['/data/x', ['/home/me', '/data:ro'], true],
  ['/anything', ['/'], true],
  ['C:\\Users\\me\\x', ['C:\\Users\\me'], true],
  ['/x', [], false],
])('%s in %j: %s', (path, folders, expected) => expect(isShared(path, folders)).toBe(expected));

it.each([['/x', true], ['C:\\x', true], ['c:/x', true], ['x', false], ['~/x', false], ['', false]])('%j is absolute: %s', (path, expected) => expect(isAbsolutePath(path)).toBe(expected));
