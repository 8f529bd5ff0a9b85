import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConflictError, NotFoundError } from '../errors.ts';
import { mountSnapshot, unmountSnapshot } from './mount.ts';
import type { Snapshotter } from './snapshotter.ts';

/**
 * What every snapshotter must do, with real mounts. Modelled on containerd `core/snapshots/testsuite`.
 * @param open called again on the same directory to stand for a restart of the engine
 */
export function snapshotterSuite(name: string, open: (directory: string) => Promise<Snapshotter>): void {
  describe(name, () => {
    let directory: string;
    let snapshots: Snapshotter;
    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'snapshotter-'));
      snapshots = await open(directory);
    });
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    /** Runs `work` on the mounted snapshot. */
    async function inside<T>(key: string, work: (root: string) => T): Promise<T> {
      const target = mkdtempSync(join(tmpdir(), 'snapshot-mount-'));
      mountSnapshot(await snapshots.mounts(key), target);
      try {
        return work(target);
      } finally {
        unmountSnapshot(target);
        rmdirSync(target);
      }
    }

    async function commitLayer(layer: string, parent: string | null, write: (root: string) => void): Promise<void> {
      await snapshots.prepare(`prepare-${layer}`, parent);
      await inside(`prepare-${layer}`, write);
      await snapshots.commit(layer, `prepare-${layer}`);
    }

    test('layers stack: later ones change, hide and keep what earlier ones brought', async () => {
      await commitLayer('one', null, (root) => {
        writeFileSync(join(root, 'kept'), 'one');
        writeFileSync(join(root, 'changed'), 'one');
        writeFileSync(join(root, 'removed'), 'one');
        mkdirSync(join(root, 'folder'));
        writeFileSync(join(root, 'folder', 'old'), 'one');
      });
      await commitLayer('two', 'one', (root) => {
        writeFileSync(join(root, 'changed'), 'two');
        rmSync(join(root, 'removed'));
        rmSync(join(root, 'folder'), { recursive: true });
        mkdirSync(join(root, 'folder'));
      });
      await snapshots.prepare('container', 'two');
      await inside('container', (root) => {
        expect(readdirSync(root).sort()).toEqual(['changed', 'folder', 'kept']);
        expect(readFileSync(join(root, 'changed'), 'utf8')).toBe('two');
        expect(readdirSync(join(root, 'folder'))).toEqual([]);
      });
    });

    test('what is written in one active snapshot is not in another, nor in the parent', async () => {
      await commitLayer('base', null, (root) => writeFileSync(join(root, 'file'), 'base'));
      await snapshots.prepare('a', 'base');
      await snapshots.prepare('b', 'base');
      await inside('a', (root) => writeFileSync(join(root, 'file'), 'a'));
      await inside('b', (root) => expect(readFileSync(join(root, 'file'), 'utf8')).toBe('base'));
      await inside('a', (root) => expect(readFileSync(join(root, 'file'), 'utf8')).toBe('a'));
    });

    test('the root folder keeps its mode through layers', async () => {
      await commitLayer('base', null, (root) => chmodSync(root, 0o555));
      await snapshots.prepare('container', 'base');
      await inside('container', (root) => expect(statSync(root).mode & 0o7777).toBe(0o555));
    });

    test('a snapshot prepared on nothing can be committed on a parent', async () => {
      await snapshots.prepare('upper', null);
      await inside('upper', (root) => writeFileSync(join(root, 'b'), ''));
      await commitLayer('lower', null, (root) => writeFileSync(join(root, 'a'), ''));
      await snapshots.commit('stacked', 'upper', { parent: 'lower' });
      expect(await snapshots.stat('stacked')).toMatchObject({ parent: 'lower', kind: 'committed' });
      await snapshots.prepare('container', 'stacked');
      await inside('container', (root) => expect(readdirSync(root).sort()).toEqual(['a', 'b']));
      await expect(snapshots.remove('lower')).rejects.toThrow(ConflictError);
    });

    test('120 layers mount', async () => {
      let parent: string | null = null;
      for (let layer = 0; layer < 120; layer += 1) {
        const key = `prepare-${layer}`;
        await snapshots.prepare(key, parent);
        writeFileSync(join(await snapshots.upperdir(key), `file-${layer}`), '');
        parent = `layer-${layer}`;
        await snapshots.commit(parent, key);
      }
      await snapshots.prepare('container', parent);
      await inside('container', (root) => expect(readdirSync(root)).toHaveLength(120));
    });

    test('names and keys are taken once', async () => {
      await commitLayer('base', null, () => {});
      await expect(snapshots.prepare('base', null)).rejects.toThrow(ConflictError);
      await snapshots.prepare('key', 'base');
      await expect(snapshots.prepare('key', 'base')).rejects.toThrow(ConflictError);
      await expect(snapshots.commit('base', 'key')).rejects.toThrow(ConflictError);
      const both = await Promise.allSettled([snapshots.prepare('same', 'base'), snapshots.prepare('same', 'base')]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    test('what is not there is a NotFoundError', async () => {
      await expect(snapshots.prepare('x', 'nothing')).rejects.toThrow(NotFoundError);
      for (const call of [snapshots.mounts('x'), snapshots.remove('x'), snapshots.stat('x'), snapshots.usage('x'), snapshots.commit('y', 'x'), snapshots.upperdir('x')]) {
        await expect(call).rejects.toThrow(NotFoundError);
      }
      await snapshots.prepare('active', null);
      await expect(snapshots.prepare('on-active', 'active')).rejects.toThrow(NotFoundError);
      expect((await snapshots.list()).map(({ keyOrName }) => keyOrName)).toEqual(['active']);
    });

    test('a parent cannot be removed, a leaf can, and its files go', async () => {
      await commitLayer('base', null, () => {});
      await snapshots.prepare('leaf', 'base');
      await expect(snapshots.remove('base')).rejects.toThrow(ConflictError);
      const upperdir = await snapshots.upperdir('leaf');
      await snapshots.remove('leaf');
      expect(existsSync(upperdir)).toBe(false);
      await snapshots.remove('base');
      expect(await snapshots.list()).toEqual([]);
    });

    test('usage counts the snapshot alone', async () => {
      await commitLayer('base', null, (root) => writeFileSync(join(root, 'big'), Buffer.alloc(1024 * 1024, 1)));
      await snapshots.prepare('container', 'base');
      await inside('container', (root) => writeFileSync(join(root, 'small'), 'x'));
      const usage = await snapshots.usage('container');
      expect(usage.bytes).toBeLessThan(512 * 1024);
      expect(usage.inodes).toBe(2);
      expect((await snapshots.usage('base')).bytes).toBeGreaterThanOrEqual(1024 * 1024);
    });

    test('everything is there after a restart, and new snapshots do not collide', async () => {
      await commitLayer('base', null, (root) => writeFileSync(join(root, 'file'), 'base'));
      await snapshots.prepare('container', 'base');
      await inside('container', (root) => writeFileSync(join(root, 'mine'), ''));
      const before = await snapshots.list();
      snapshots = await open(directory);
      expect(await snapshots.list()).toEqual(expect.arrayContaining(before));
      await snapshots.prepare('another', 'base');
      await inside('another', (root) => expect(readdirSync(root)).toEqual(['file']));
      await inside('container', (root) => expect(readdirSync(root).sort()).toEqual(['file', 'mine']));
      await expect(snapshots.remove('base')).rejects.toThrow(ConflictError);
    });
  });
}
