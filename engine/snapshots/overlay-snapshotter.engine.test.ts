import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JsonStore } from '../store/json-store.ts';
import { openOverlaySnapshotter } from './overlay-snapshotter.ts';
import { snapshotterSuite } from './snapshotter-suite.ts';

snapshotterSuite('overlay snapshotter', openOverlaySnapshotter);
// Long enough that the options of a few dozen layers need the relative form.
snapshotterSuite('overlay snapshotter in a deep folder', (directory) => openOverlaySnapshotter(join(directory, 'd'.repeat(120))));

test('what a crash left is removed at open: folders without a record, and the half of a commit', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'snapshotter-'));
  try {
    const snapshots = await openOverlaySnapshotter(directory);
    await snapshots.prepare('key', null);
    const upperdir = await snapshots.upperdir('key');
    mkdirSync(join(directory, '77', 'fs'), { recursive: true });
    writeFileSync(join(directory, '77', 'fs', 'file'), '');
    // A commit writes the committed record first; here the engine dies before it deletes the active one.
    const records = await JsonStore.open<object>(join(directory, 'records'), { parse: (value) => value as object });
    await records.put('name', { ...records.get('key'), keyOrName: 'name', kind: 'committed' });

    const again = await openOverlaySnapshotter(directory);
    expect((await again.list()).map(({ keyOrName }) => keyOrName)).toEqual(['name']);
    expect(await again.upperdir('name')).toBe(upperdir);
    expect(existsSync(upperdir)).toBe(true);
    expect(readdirSync(directory)).not.toContain('77');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('a folder whose name no mount option can hold is refused with what to do', async () => {
  await expect(openOverlaySnapshotter('/tmp/a:b')).rejects.toThrow(/choose another --root/);
});
