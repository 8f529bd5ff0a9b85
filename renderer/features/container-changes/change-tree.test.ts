import { expect, test } from 'vitest';
import { changeRows, countByKind, type Change } from './change-tree.ts';

const changes: Change[] = [
  { Path: '/etc', Kind: 0 },
  { Path: '/etc-new', Kind: 1 },
  { Path: '/etc/passwd', Kind: 2 },
  { Path: '/var', Kind: 0 },
  { Path: '/var/log', Kind: 0 },
  ...Array.from({ length: 60 }, (_, index): Change => ({ Path: `/var/log/${String(index).padStart(2, '0')}`, Kind: 1 })),
];

test('folders before what is in them, large ones folded', () => {
  expect(changeRows(changes, new Set(), '').map(({ path, level, below, isOpen }) => [path, level, below, isOpen])).toEqual([
    ['/etc', 1, 1, true],
    ['/etc/passwd', 2, 0, false],
    ['/etc-new', 1, 0, false],
    ['/var', 1, 61, false],
  ]);
});

test('what a person unfolds opens, what they fold closes', () => {
  const rows = changeRows(changes, new Set(['/var', '/etc']), '');
  expect(rows.map(({ path }) => path)).toEqual(['/etc', '/etc-new', '/var', '/var/log']);
  expect(changeRows(changes, new Set(['/var', '/var/log']), '')).toHaveLength(65);
});

test('a filter shows whole paths', () => {
  expect(changeRows(changes, new Set(), 'LOG/1').map(({ name }) => name)).toHaveLength(10);
  expect(countByKind(changes)).toEqual({ 0: 3, 1: 61, 2: 1 });
});
