import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { findContext, registerContext, useContext } from './docker-context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-docker-config-'));
  return () => rm(folder, { recursive: true, force: true });
});
const host = 'unix:///home/jo/.slipway/run/docker.sock';

it('is registered once, and follows a home that moved', async () => {
  expect(await findContext(folder, 'slipway')).toBeNull();
  await registerContext(folder, 'slipway', 'unix:///elsewhere');
  await registerContext(folder, 'slipway', host);
  await registerContext(folder, 'slipway', host);
  expect(await findContext(folder, 'slipway')).toEqual({ host, isOurs: true });
});

it.each(['default', 'a', '../up', 'with space', ''])('is not made under the name %j, which docker would not take', async (name) => {
  await expect(registerContext(folder, name, host)).rejects.toMatchObject({ kind: 'invalid' });
});

it('becomes the current one without a word of the rest of the config, or of its mode', async () => {
  const path = join(folder, 'config.json');
  await writeFile(path, '{"auths": {"r.example": {"auth": "c2VjcmV0"}}}');
  await chmod(path, 0o600);
  await useContext(folder, 'slipway');
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ auths: { 'r.example': { auth: 'c2VjcmV0' } }, currentContext: 'slipway' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await writeFile(path, '{');
  await expect(useContext(folder, 'slipway')).rejects.toThrow();
  expect(await readFile(path, 'utf8')).toBe('{');
});

describe.runIf(spawnSync('docker', ['--version']).status === 0)('the docker CLI', () => {
  const docker = async (...args: string[]) => (await promisify(execFile)('docker', args, { env: { PATH: process.env['PATH'], HOME: folder, DOCKER_CONFIG: folder } })).stdout;

  it('takes what was written for its own', async () => {
    await registerContext(folder, 'slipway', host);
    await useContext(folder, 'slipway');
    expect(JSON.parse(await docker('context', 'inspect', 'slipway'))).toMatchObject([{ Name: 'slipway', Metadata: { Description: 'Slipway' }, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }]);
    expect(await docker('context', 'ls', '--format', '{{.Name}} {{.Current}}')).toBe('default false\nslipway true\n');
    await docker('context', 'use', 'default');
    expect(await docker('context', 'rm', 'slipway')).toBe('slipway\n');
  });

  it('keeps a context that a person made under that name', async () => {
    await mkdir(folder, { recursive: true });
    await docker('context', 'create', 'slipway', '--docker', 'host=tcp://10.1.2.3:2375');
    await expect(registerContext(folder, 'slipway', host)).rejects.toThrow('leads to tcp://10.1.2.3:2375');
    expect(await findContext(folder, 'slipway')).toEqual({ host: 'tcp://10.1.2.3:2375', isOurs: false });
  });
});
