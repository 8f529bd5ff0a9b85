import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

it('takes rows by name and says which there are', () => {
  expect(parseCommandLine(['--rows', 'a,b', '--quick', '--json', 'x'], ['a', 'b', 'c'])).toEqual({ rows: ['a', 'b'], quick: true, json: 'x', vm: false, without: [] });
  expect(() => parseCommandLine(['--rows', 'd'], ['a', 'b'])).toThrow('no row is called d; there are a, b');
  expect(() => parseCommandLine(['--nonsense'], [])).toThrow('--nonsense');
});
