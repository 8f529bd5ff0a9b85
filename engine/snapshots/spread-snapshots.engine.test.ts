import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openOverlaySnapshotter } from './overlay-snapshotter.ts';

const undo: (() => void)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

test.each([
  ['without a journal, where they are spread', '^has_journal', true],
  ['with a journal, where they stay together', 'has_journal', false],
])('snapshots on ext4 %s', async (_, feature, isSpread) => {
  const directory = mkdtempSync(join(tmpdir(), 'spread-'));
  undo.push(() => rmSync(directory, { recursive: true }));
  const image = join(directory, 'image');
  const disk = join(directory, 'disk');
  writeFileSync(image, '');
  truncateSync(image, 64 * 1024 * 1024);
  mkdirSync(disk);
  execFileSync('mkfs.ext4', ['-q', '-O', feature, image]);
  execFileSync('mount', ['-o', 'loop', image, disk]);
  undo.push(() => execFileSync('umount', [disk]));
  await openOverlaySnapshotter(join(disk, 'snapshots'));
  const flags = execFileSync('lsattr', ['-d', join(disk, 'snapshots')], { encoding: 'utf8' }).split(' ')[0];
  expect(flags?.includes('T')).toBe(isSpread);
});
