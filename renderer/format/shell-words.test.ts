import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteWord, splitWords } from './shell-words.ts';

test('plain words stay plain, others are quoted', () => {
  expect(['nginx:1.27', '8080:80', 'a b', "it's", '', '$HOME', '*'].map(quoteWord)).toEqual(['nginx:1.27', '8080:80', "'a b'", "'it'\\''s'", "''", "'$HOME'", "'*'"]);
});

test('words, quotes and backslashes are split as a shell does', () => {
  expect(splitWords(`sh -c 'echo "a b"' --name="x y" a\\ b "q\\"r" ''`)).toEqual({ ok: true, words: ['sh', '-c', 'echo "a b"', '--name=x y', 'a b', 'q"r', ''] });
});

test.each([[`echo 'open`], ['echo "open'], ['echo \\']])('%s is told to be unfinished', (text) => {
  expect(splitWords(text).ok).toBe(false);
});

test('what is quoted comes back from the split', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
      expect(splitWords(words.map(quoteWord).join(' '))).toEqual({ ok: true, words });
    }),
  );
});

test('what is quoted comes back from a real shell', () => {
  const words = fc.sample(fc.string({ unit: 'grapheme-ascii' }), 60);
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(quoteWord).join(' ')}`], { encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(words);
});
