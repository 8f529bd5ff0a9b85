import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withBuildLock } from './build-lock.mjs';
import { keyOf } from './inputs.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-inputs-'));
  mkdirSync(join(folder, 'tree'));
  writeFileSync(join(folder, 'tree/a'), 'a');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const key = () => keyOf({ tree: { folder: join(folder, 'tree') }, text: 'x' });

it('names inputs by their content, not by their times or their tests', () => {
  const before = key();
  utimesSync(join(folder, 'tree/a'), 1, 1);
  writeFileSync(join(folder, 'tree/a.test.mjs'), 'test');
  expect(key()).toBe(before);
});

it.each([
  ['content', () => writeFileSync(join(folder, 'tree/a'), 'b')],
  ['a new file', () => writeFileSync(join(folder, 'tree/b'), '')],
  ['the executable bit', () => chmodSync(join(folder, 'tree/a'), 0o755)],
])('changes with %s', (_, change) => {
  const before = key();
  change();
  expect(key()).not.toBe(before);
});

it('lets one build run at a time, and takes over the lock of a dead one', async () => {
  const file = join(folder, 'lock');
  // No process has the highest number that Linux gives out.
  writeFileSync(file, '4194304');
  const steps = [];
  const build = (name) =>
    withBuildLock(file, async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${name} ends`);
    }, () => {});
  await Promise.all([build('one'), build('two')]);
  expect(steps).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});
