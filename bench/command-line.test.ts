import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

it('takes rows by name and says which there are', () => {
  expect(parseCommandLine(['--rows', 'a,b', '--quick', '--json', 'x'], ['a', 'b', 'c'])).toEqual({ rows: ['a', 'b'], rounds: undefined, quick: true, short: false, json: 'x', vm: false, without: [] });
  expect(() => parseCommandLine(['--rows', 'd'], ['a', 'b'])).toThrow('no row is called d; there are a, b');
  expect(parseCommandLine(['--rounds', '3'], []).rounds).toBe(3);
  expect(() => parseCommandLine(['--rounds', '0'], [])).toThrow('--rounds 0');
  expect(() => parseCommandLine(['--nonsense'], [])).toThrow('--nonsense');
});
