import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { ContentStore } from '../../content/content-store.ts';
import { digestOf } from '../../content/digest.ts';
import { makeImage } from '../../testing/image-fixture.ts';
import { startRegistry } from '../../testing/registry-fixture.ts';
import { startService } from '../../testing/image-service-fixture.ts';

const KILLS = 5;

/** What finished operations promise about each name: its id, that it is gone, or nothing while one was under way. */
type Promised = Map<string, { id: string } | 'gone' | 'unknown'>;

/** Runs the fixture, kills it with SIGKILL after `lines` lines, and notes what it said. */
async function runAndKill(directory: string, host: string, seed: string, lines: number, promised: Promised): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../testing', 'image-crash-fixture.ts'), directory, host, seed], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  let count = 0;
  // Lines that were in the pipe when the process died count as well: they were written after the fact.
  for await (const line of createInterface({ input: child.stdout })) {
    const [verb, name = '', id = ''] = line.split(' ');
    if (verb === 'there') promised.set(name, { id });
    if (verb === 'leaving') promised.set(name, 'unknown');
    if (verb === 'gone') promised.set(name, 'gone');
    count += 1;
    if (count === lines) child.kill('SIGKILL');
  }
  expect(await exited).toBe('SIGKILL');
}

test('killed at random moments: what had finished is there and whole, and nothing else is left', async () => {
  await using registry = await startRegistry();
  const layers = Array.from({ length: 4 }, (_, n) => [{ name: `file-${n}`, content: Buffer.alloc(700_000, `${n}`) }]);
  await registry.pushImage('crash', 'latest', makeImage(layers));
  const directory = mkdtempSync(join(tmpdir(), 'crash-'));
  const promised: Promised = new Map();
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await runAndKill(directory, registry.host, `${kill}`, 3 + ((kill * 7) % 19), promised);
      using service = await startService(directory);
      for (const [name, promise] of promised) {
        const found = await service.images.resolve(name).catch(() => null);
        if (promise === 'gone') expect([name, found]).toEqual([name, null]);
        else if (promise !== 'unknown') expect([name, found?.id]).toEqual([name, promise.id]);
      }
      expect(service.log).toEqual([]);
      await expectWhole(service, directory);
    }
    expect(promised.size).toBeGreaterThan(KILLS);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

/** Every image unpacks to what it was, every blob is what its name says, and there is no file that nothing needs. */
async function expectWhole(service: Awaited<ReturnType<typeof startService>>, directory: string): Promise<void> {
  const needed = new Set<string>();
  for (const { Id, RepoTags } of await service.images.list()) {
    const { chainId } = await service.images.resolve(Id);
    for (const tag of RepoTags) expect((await service.images.resolve(tag)).chainId).toBe(chainId);
    const tree = await service.tree(Id);
    const isPulled = RepoTags.some((tag) => tag.includes('crash')) || tree.includes('file-3');
    expect(tree.match(/^\.\/[^\n]+ f 644/gm)).toHaveLength(isPulled ? 4 : 2);
    for (let name = chainId as string | null; name !== null; name = (await service.snapshotter.stat(name)).parent) needed.add(name);
  }
  expect((await service.snapshotter.list()).map(({ keyOrName }) => keyOrName).sort()).toEqual([...needed].sort());
  expect(readdirSync(join(directory, 'content', 'ingest'))).toEqual([]);
  const content = await ContentStore.open(join(directory, 'content'));
  for (const digest of content.list()) {
    const bytes = Buffer.concat(await content.read(digest).toArray());
    expect(digestOf(bytes)).toBe(digest);
  }
  const folders = readdirSync(join(directory, 'snapshots')).filter((name) => /^\d+$/.test(name));
  expect(folders).toHaveLength(needed.size);
}
