import { expect, test } from 'vitest';
import { formatBytes, formatBytesOf, formatMemory, parseMemory } from './bytes.ts';
import { commandText, docker } from './engine/docker-command.ts';
import { chordLabel } from './keys.ts';
import { matchWords } from './matching.ts';
import { familiarReference, problemOfReference, splitReference } from './engine/reference.ts';
import { looksSecret } from './secrets.ts';
import { plainName, sentences } from './sentence.ts';

test('sizes have three digits at most', () => {
  expect([0, 999, 9_960, 10_072, 438e6, 1.21e9, 999_600, -1].map(formatBytes)).toEqual(['0 B', '999 B', '9.96 kB', '10.1 kB', '438 MB', '1.21 GB', '1 MB', '–']);
  expect(formatBytesOf(42.1e6, 91.6e6)).toBe('42.1 of 91.6 MB');
  expect(formatBytesOf(900e3, 7.2e6)).toBe('900 kB of 7.2 MB');
});

test('limits are powers of 1024 in both directions', () => {
  expect([256 * 2 ** 20, 8 * 2 ** 30, 1.5 * 2 ** 30].map(formatMemory)).toEqual(['256 MB', '8 GB', '1.5 GB']);
  expect(['256m', '1.5 GB', '1g', '512', 'lots', '-1m'].map(parseMemory)).toEqual([256 * 2 ** 20, 1.5 * 2 ** 30, 2 ** 30, 512, undefined, undefined]);
});

test('references in parts, ports of registries not mistaken for tags', () => {
  expect(splitReference('ghcr.io/org/app:1.2')).toEqual({ name: 'ghcr.io/org/app', tag: ':1.2' });
  expect(splitReference('localhost:5000/app')).toEqual({ name: 'localhost:5000/app', tag: '' });
  expect(splitReference('app@sha256:ab')).toEqual({ name: 'app', tag: '@sha256:ab' });
  expect(['nginx', 'docker.io/library/nginx', ' nginx:1 ', 'localhost:5000/x'].map(familiarReference)).toEqual(['nginx:latest', 'nginx:latest', 'nginx:1', 'localhost:5000/x:latest']);
});

test.each([['nginx:alpine'], ['ghcr.io/a/b:V1'], ['localhost:5000/x'], ['a@sha256:0123']])('%s may be pulled', (reference) => {
  expect(problemOfReference(reference)).toBeUndefined();
});

test.each([[''], ['a b'], ['Nginx'], ['x;rm'], ['-x']])('"%s" is told what is wrong', (reference) => {
  expect(problemOfReference(reference)).toBeTypeOf('string');
});

test('commands are quoted for a shell', () => {
  expect(commandText(docker.remove(['shop-api-1', 'a b'], true))).toBe("docker rm --force shop-api-1 'a b'");
});

test('secrets are known by their names', () => {
  expect(['POSTGRES_PASSWORD', 'API_KEY', 'GITHUB_TOKEN', 'SECRET', 'POSTGRES_PASSWORD_FILE', 'KEYBOARD', 'TOKENIZER', 'DB_USER'].map(looksSecret)).toEqual([true, true, true, true, false, false, false, false]);
});

test('words match where words begin, and the pieces are the text', () => {
  const match = matchWords('rest wor', 'Restart shop-worker-1');
  expect(match?.pieces).toEqual([
    { text: 'Rest', hit: true },
    { text: 'art shop-', hit: false },
    { text: 'wor', hit: true },
    { text: 'ker-1', hit: false },
  ]);
  expect(matchWords('restx', 'Restart')).toBeUndefined();
});

test('sentences end once', () => {
  expect(sentences('No such image', 'Pull it first.', undefined, '')).toBe('No such image. Pull it first.');
});

test('a name that pretends is shown as it is', () => {
  expect(plainName('a\u202egnp.exe\u200b')).toBe('a\ufffdgnp.exe\ufffd');
});

test('chords in the words of the platform', () => {
  expect([chordLabel('mod+K'), chordLabel('esc'), chordLabel('enter, shift+enter')]).toEqual(['Ctrl K', 'esc', '↵, Shift ↵']);
});
