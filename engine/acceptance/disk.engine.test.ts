import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CleanUpName, DiskSurvey } from '../../contract/engine-api/disk.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;
let docker: DockerCli;
let folder: string;

beforeAll(async () => {
  engine = await NativeEngine.start();
  docker = new DockerCli(engine.socket);
  folder = mkdtempSync(join(tmpdir(), 'slipway-disk-'));
});

afterEach(async () => {
  await docker.text('volume', 'prune', '-af');
});

afterAll(async () => {
  await engine?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const survey = async () => (await engine.api<DiskSurvey>('GET', '/slipway/disk')).body;
const prune = async (noun: string, filters: Record<string, string[]> = {}) =>
  (await engine.api<{ SpaceReclaimed: number; ContainersDeleted?: string[]; VolumesDeleted?: string[]; ImagesDeleted?: Record<string, string>[] | null }>('POST', `/${noun}/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`)).body;

/** Bytes of all files below a folder of the engine's. */
const sizeOf = (path: string) => Number(execFileSync('sh', ['-c', `find "$0" -type f -printf '%s\\n' | awk '{s+=$1} END {print s+0}'`, join(engine.directory, 'root', path)], { encoding: 'utf8' }));

/** Images, containers and volumes of every kind that a clean-up treats differently. */
async function furnish(): Promise<void> {
  const archive = busyboxArchive('bb:latest');
  await docker.text('load', '-qi', archive);
  rmSync(dirname(archive), { recursive: true });
  await docker.text('run', '-d', '--name', 'runs', '-v', 'used:/u', 'bb', 'sh', '-c', 'head -c 5000 /dev/zero > /own; head -c 700 /dev/zero > /u/f; sleep 1000');
  await docker.text('run', '--name', 'ended', '-v', '/data', 'bb', 'sh', '-c', 'head -c 30000 /dev/zero > /own; head -c 9000 /dev/urandom | base64');
  // On the same base: a tagged one, one without a name, and one on top of that.
  await docker.text('commit', 'ended', 'mine:1');
  await docker.text('commit', 'ended');
  await docker.text('run', '--name', 'top', 'mine:1', 'sh', '-c', 'head -c 70000 /dev/zero > /more');
  await docker.text('commit', 'top', 'mine:2');
  writeFileSync(join(folder, 'f'), 'x'.repeat(1234));
  execFileSync('tar', ['-C', folder, '-czf', join(folder, 'i.tgz'), 'f']);
  await docker.text('import', join(folder, 'i.tgz'), 'alone:1');
  await docker.text('import', join(folder, 'i.tgz'));
  await docker.text('volume', 'create', 'idle');
  await docker.text('run', '--rm', '-v', 'idle:/v', 'bb', 'sh', '-c', 'head -c 4321 /dev/zero > /v/f');
  await docker.text('volume', 'create', '--opt', 'type=tmpfs', '--opt', 'device=tmpfs', 'memory');
}

test('what is on the disk, and why', async () => {
  await furnish();
  const { FileSystem, Images, Containers, Volumes, BuildCache } = await survey();
  expect(FileSystem.Size).toBeGreaterThan(FileSystem.Free);
  const df = (await engine.api<{ LayersSize: number }>('GET', '/system/df')).body;
  expect(Images.Size).toBe(df.LayersSize);
  expect(Images.BlobSize).toBe(sizeOf('content/blobs'));
  expect(Containers.Items.map(({ Name, State }) => [Name, State])).toEqual([['runs', 'running'], ['ended', 'exited'], ['top', 'exited']]);
  const ended = Containers.Items[1]!;
  expect(ended.Size).toBeGreaterThanOrEqual(30_000);
  const { LogPath } = (await engine.api<{ LogPath: string }>('GET', '/containers/ended/json')).body;
  // With what is noted of where its entries are.
  const sizes = execFileSync('sh', ['-c', 'stat -c %s "$0" "$0.idx"', LogPath], { encoding: 'utf8' }).trim().split('\n').map(Number);
  expect(ended.LogSize).toBe(sizes.reduce((sum, size) => sum + size, 0));
  expect(Volumes.Items.find(({ Name }) => Name === 'used')).toMatchObject({ Size: 700, Users: 1, Anonymous: false, Mounted: false });
  expect(Volumes.Items.find(({ Name }) => Name === 'memory')).toMatchObject({ Size: 0, Mounted: true });
  expect(BuildCache.Size).toBe(0);
});

/** The preview is what the clean-up then says and does. */
test.each([
  ['images-dangling', () => prune('images')],
  ['volumes-anonymous', () => prune('volumes')],
  ['images-unused', () => prune('images', { dangling: ['false'] })],
  ['containers', () => prune('containers')],
  ['volumes-unused', () => prune('volumes', { all: ['true'] })],
  ['images-unused', () => prune('images', { dangling: ['false'] })],
] as [CleanUpName, () => ReturnType<typeof prune>][])('%s', async (name, clean) => {
  const before = await survey();
  const preview = before.CleanUps[name];
  const blobs = sizeOf('content/blobs');
  const report = await clean();
  expect(report.SpaceReclaimed).toBe(preview.Size);
  const gone = [...(report.ContainersDeleted ?? []), ...(report.VolumesDeleted ?? []), ...(report.ImagesDeleted ?? []).flatMap((row) => row.Deleted ?? [])];
  for (const { Id } of preview.Items) expect(gone).toContain(Id);
  const after = await survey();
  expect(after.CleanUps[name]).toEqual({ Size: 0, OtherSize: 0, Items: [] });
  if (name.startsWith('images')) {
    expect(blobs - sizeOf('content/blobs')).toBe(preview.OtherSize);
    expect(before.Images.Size - after.Images.Size).toBe(preview.Size);
  }
  if (name === 'containers') {
    expect(before.Containers.LogSize - after.Containers.LogSize).toBe(preview.OtherSize);
    // What `all` promised for images is what is left of it now.
    expect(after.CleanUps['images-unused'].Size).toBe(before.CleanUps.all.Size - preview.Size);
  }
});
