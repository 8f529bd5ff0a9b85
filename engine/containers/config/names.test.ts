import { describe, expect, test } from 'vitest';
import { checkName, generateName } from './names.ts';
import { parseSentSignal, parseSignal } from './signals.ts';

describe('names', () => {
  test('what is one', () => {
    expect(checkName('/web-1.x_y')).toBe('web-1.x_y');
    for (const name of ['', 'x', '/', '-web', 'a b', 'b@d', 'a/b']) expect(() => checkName(name)).toThrow(`Invalid container name (${name})`);
  });

  test('generated ones are free', () => {
    const taken = new Set<string>();
    for (let count = 0; count < 2000; count += 1) {
      const name = generateName((candidate) => taken.has(candidate));
      expect(taken.has(name)).toBe(false);
      taken.add(checkName(name));
    }
    expect(generateName((candidate) => !/\d$/.test(candidate))).toMatch(/^[a-z]+_[a-z]+\d+$/);
  });
});

test('signals by number and name', () => {
  expect(['9', 'KILL', 'SIGKILL', 'sigterm', 'RTMIN', 'SIGRTMIN+3', 'RTMAX-1', '64'].map(parseSignal)).toEqual([9, 9, 9, 15, 34, 37, 63, 64]);
  for (const text of ['FOO', '0', '65', '-1', '', 'RTMIN+99']) expect(() => parseSignal(text)).toThrow(`invalid signal: ${text}`);
  for (const text of ['32', '65', '99', '-1']) expect(() => parseSentSignal(text)).toThrow(`the linux daemon does not support signal ${text}`);
  expect(['31', 'KILL', '34'].map(parseSentSignal)).toEqual([31, 9, 34]);
  for (const text of ['FOO', '0', '']) expect(() => parseSentSignal(text)).toThrow(`invalid signal: ${text}`);
});
