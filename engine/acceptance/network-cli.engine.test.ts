import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerInspect } from '../../contract/engine-api/container.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import { cliMissing, DockerCli } from './fixture/docker-cli.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

const missing = cliMissing();
if (missing !== null) process.stderr.write(`network-cli.engine.test.ts is skipped: ${missing}\n`);

describe.skipIf(missing !== null)('docker network', () => {
  let engine: NativeEngine;
  let docker: DockerCli;

  beforeAll(async () => {
    engine = await startBusyboxEngine();
    docker = new DockerCli(engine.socket);
  });
  afterEach(async () => {
    const all = (await docker.text('ps', '-aq')).split('\n').filter((id) => id !== '');
    if (all.length > 0) await docker.text('rm', '-f', ...all);
    await docker.text('network', 'prune', '-f');
  });
  afterAll(async () => {
    await engine?.dispose();
  });

  const networksOf = async (name: string) => (JSON.parse(await docker.text('inspect', '--type', 'container', name)) as ContainerInspect[])[0]!.NetworkSettings.Networks;

  test('connects and disconnects a running container', async () => {
    await docker.text('network', 'create', '--subnet', '10.70.0.0/24', 'front');
    await docker.text('run', '-d', '--name', 'one', 'bb', 'sleep', '600');
    await docker.text('run', '-d', '--name', 'two', '--network', 'front', '--network-alias', 'second', 'bb', 'sleep', '600');
    await docker.text('network', 'connect', '--ip', '10.70.0.50', '--alias', 'uno', 'front', 'one');
    expect(Object.keys(await networksOf('one')).sort()).toEqual(['bridge', 'front']);
    expect((await networksOf('one')).front).toMatchObject({ IPAddress: '10.70.0.50', Aliases: ['uno'] });
    expect(await docker.text('exec', 'one', 'ping', '-c', '1', '-W', '2', 'second')).toContain('10.70.0.2');
    expect(await docker.text('exec', 'two', 'ping', '-c', '1', '-W', '2', 'uno')).toContain('10.70.0.50');
    expect((await docker.run(['network', 'connect', 'front', 'one'])).stderr).toContain('endpoint with name one already exists in network front');
    expect((await docker.run(['network', 'rm', 'front'])).stderr).toContain('has active endpoints');
    await docker.text('network', 'disconnect', 'front', 'one');
    expect(Object.keys(await networksOf('one'))).toEqual(['bridge']);
    expect((await docker.run(['network', 'disconnect', 'front', 'one'])).stderr).toContain('is not connected to network front');
  });

  test('connects a container that does not run, and it starts so', async () => {
    await docker.text('network', 'create', 'back');
    await docker.text('create', '--name', 'later', 'bb', 'sleep', '600');
    await docker.text('network', 'connect', 'back', 'later');
    await docker.text('network', 'disconnect', 'bridge', 'later');
    await docker.text('start', 'later');
    expect(Object.keys(await networksOf('later'))).toEqual(['back']);
    expect(await docker.text('exec', 'later', 'ip', 'route')).toContain('default via 172.18.0.1');
    await docker.text('restart', '-t', '0', 'later');
    expect(Object.keys(await networksOf('later'))).toEqual(['back']);
  });

  test('refuses what modes do not allow', async () => {
    await docker.text('network', 'create', 'net');
    await docker.text('run', '-d', '--name', 'hosted', '--network', 'host', 'bb', 'sleep', '600');
    await docker.text('run', '-d', '--name', 'alone', '--network', 'none', 'bb', 'sleep', '600');
    await docker.text('run', '-d', '--name', 'plain', 'bb', 'sleep', '600');
    const refusal = async (...words: string[]) => (await docker.run(['network', ...words])).stderr;
    expect(await refusal('connect', 'net', 'hosted')).toContain('container sharing network namespace with another container or host cannot be connected to any other network');
    expect(await refusal('connect', 'net', 'alone')).toContain('one of the networks in private (none) mode');
    expect(await refusal('connect', 'host', 'plain')).toContain('container cannot be disconnected from host network or connected to host network');
    expect(await refusal('disconnect', 'host', 'hosted')).toContain('container cannot be disconnected from host network');
    expect(await refusal('connect', 'nope', 'plain')).toContain('network nope not found');
    expect(await refusal('connect', 'net', 'nope')).toContain('No such container: nope');
    expect(await refusal('connect', '--ip', '172.18.0.9', 'net', 'plain')).toContain('user specified IP address is supported only when connecting to networks with user configured subnets');
    expect((await docker.run(['run', '--network', 'nope', 'bb', 'true'])).stderr).toContain('network nope not found');
  });

  test('prunes what nobody uses', async () => {
    for (const name of ['used', 'unused']) await docker.text('network', 'create', name);
    await docker.text('run', '-d', '--network', 'used', 'bb', 'sleep', '600');
    expect(await docker.text('network', 'prune', '-f')).toContain('unused');
    expect((await docker.text('network', 'ls', '--format', '{{.Name}}')).split('\n')).toContain('used');
  });

  test('runs with IPv6, ranges of ports, and several addresses', async () => {
    await docker.text('network', 'create', '--ipv6', 'six');
    await docker.text('run', '-d', '--name', 'web', '--network', 'six', '-p', '8300-8302:80', '-p', '127.0.0.1:8310:81/udp', '-p', '[::1]:8311:82', 'bb', 'sleep', '600');
    expect((await docker.text('port', 'web')).split('\n').sort()).toEqual(['80/tcp -> 0.0.0.0:8300', '80/tcp -> [::]:8300', '81/udp -> 127.0.0.1:8310', '82/tcp -> [::1]:8311']);
    expect((await networksOf('web')).six!.GlobalIPv6Address).toMatch(/^fd/);
    expect((await docker.run(['run', '--rm', '-p', '8300:80', 'bb', 'true'])).stderr).toContain('port is already allocated by container "web"');
    expect((await docker.run(['run', '--rm', '-p', '8399:80/sctp', 'bb', 'true'])).stderr).toContain('sctp');
  });
});
