import { expect, test } from 'vitest';
import { readEnvFile } from './env-file.ts';

test('a file of variables is read as docker reads it', () => {
  expect(readEnvFile('\uFEFF# comment\n\nA=1\r\n  B="two words"  \nFROM_SHELL\nC=x=y\nD=\nbad name=1\n')).toEqual([
    { name: 'A', value: '1' },
    { name: 'B', value: '"two words"  ' },
    { name: 'C', value: 'x=y' },
    { name: 'D', value: '' },
  ]);
});
