import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { Dockerd, dockerdMissing } from './fixture/dockerd.ts';
import { NativeEngine } from './fixture/native-engine.ts';

/** Images that travel between this engine and a real dockerd in archives, both ways. */

const missing = dockerdMissing();

describe.skipIf(missing !== null)(missing ?? 'save and load with dockerd', () => {
  let ours: DockerCli;
  let theirs: DockerCli;
  let engine: NativeEngine;
  let dockerd: Dockerd;
  let archive: string;
  const folder = mkdtempSync(join(tmpdir(), 'round-trip-'));
  beforeAll(async () => {
    archive = busyboxArchive('box:1');
    [engine, dockerd] = await Promise.all([NativeEngine.start(), Dockerd.start()]);
    [ours, theirs] = [new DockerCli(engine.socket), new DockerCli(dockerd.socket)];
  }, 90_000);
  afterAll(async () => {
    await Promise.all([engine.dispose(), dockerd.dispose()]);
    for (const path of [folder, dirname(archive)]) rmSync(path, { recursive: true });
  });

  /** What an image is to whoever runs it, in the words of both. */
  const inspect = async (docker: DockerCli, name: string) => {
    const [image] = JSON.parse(await docker.text('image', 'inspect', name)) as { Id: string; RepoTags: string[]; RootFS: object; Config: { Cmd: string[]; Env: string[]; Labels: object } }[];
    const { Id, RepoTags, RootFS, Config } = image!;
    return { Id, RepoTags: RepoTags.sort(), RootFS, Cmd: Config.Cmd, Env: Config.Env, Labels: Config.Labels };
  };
  /** Changes the image in a container and commits that, with a removed file and a link. */
  const commit = async (docker: DockerCli, name: string) => {
    await docker.text('load', '-i', archive);
    await docker.text('create', '--name', 'maker', 'box:1');
    execFileSync('sh', ['-c', `mkdir -p ${folder}/new && echo made > ${folder}/new/file && ln -sf file ${folder}/new/link && chmod 4711 ${folder}/new/file`]);
    await docker.text('cp', '-q', join(folder, 'new'), 'maker:/data/new');
    await docker.text('commit', '-c', 'CMD ["cat","/data/new/link"]', '-c', 'LABEL by=commit', 'maker', name);
    await docker.text('rm', 'maker');
    await docker.text('tag', name, `${name}-twice`);
  };

  test.each([
    ['ours to theirs', () => [ours, theirs] as const],
    ['theirs to ours', () => [theirs, ours] as const],
  ])('%s and back', async (direction, sides) => {
    const [from, to] = sides();
    const name = `travels:${direction.slice(0, 4)}`;
    await commit(from, name);
    const before = await inspect(from, name);
    const file = join(folder, 'travels.tar');
    await from.text('save', '-o', file, name, `${name}-twice`);
    expect((await to.text('load', '-i', file)).split('\n').sort()).toEqual([`Loaded image: ${name}`, `Loaded image: ${name}-twice`]);
    expect(await inspect(to, name)).toEqual(before);
    await from.text('rmi', '-f', name, `${name}-twice`);
    await to.text('save', '-o', file, name, `${name}-twice`);
    await from.text('load', '-i', file);
    expect(await inspect(from, name)).toEqual(before);
    expect(await ours.text('run', '--rm', '--network', 'none', name)).toBe('made');
  });
});
