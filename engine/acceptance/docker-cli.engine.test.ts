import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerInspect } from '../../contract/engine-api/container.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { cliMissing, DockerCli, finish, until } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

const missing = cliMissing();
if (missing !== null) process.stderr.write(`docker-cli.engine.test.ts is skipped: ${missing}\n`);

describe.skipIf(missing !== null)('the docker CLI', () => {
  let engine: NativeEngine;
  let docker: DockerCli;

  beforeAll(async () => {
    engine = await NativeEngine.start();
    docker = new DockerCli(engine.socket);
    const archive = busyboxArchive('bb:latest');
    expect(await docker.text('load', '-i', archive)).toBe('Loaded image: bb:latest');
    rmSync(dirname(archive), { recursive: true });
  });

  afterAll(async () => {
    await engine?.dispose();
  });

  const inspect = async (name: string) => (JSON.parse(await docker.text('inspect', '--type', 'container', name)) as ContainerInspect[])[0]!;

  describe('run', () => {
    test('in the foreground: output by stream, exit code, nothing left', async () => {
      expect(await docker.run(['run', '--rm', 'bb', 'sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
      expect(await docker.text('ps', '-aq')).toBe('');
    });

    test('stdin is passed on, and its end too', async () => {
      expect(await docker.run(['run', '--rm', '-i', 'bb', 'sh', '-c', 'cat; echo done'], 'one\ntwo\n')).toMatchObject({ code: 0, stdout: 'one\ntwo\ndone\n' });
    });

    test('a lot of output comes whole', async () => {
      const { stdout } = await docker.run(['run', '--rm', 'bb', 'seq', '1', '200000']);
      const lines = stdout.trimEnd().split('\n');
      expect(lines.length).toBe(200000);
      expect(lines.every((line, index) => line === String(index + 1))).toBe(true);
    });

    test('with a terminal: size, typing, exit code', async () => {
      const child = docker.spawnInTerminal(['run', '--rm', '-it', 'bb', 'sh']);
      const result = finish(child);
      await until(child.stdout, '# ');
      child.stdin.write('stty size; tty\n');
      expect(await until(child.stdout, '/dev/')).toContain('33 101');
      child.stdin.write('exit 3\n');
      expect((await result).code).toBe(3);
    });

    test('detach keys leave it running; attach comes back', async () => {
      const child = docker.spawnInTerminal(['run', '-it', '--name', 'kept', 'bb', 'sh']);
      const result = finish(child);
      await until(child.stdout, '# ');
      child.stdin.write('\x10\x11');
      expect((await result).code).toBe(0);
      expect((await inspect('kept')).State.Status).toBe('running');
      const again = docker.spawnInTerminal(['attach', 'kept']);
      const ended = finish(again);
      again.stdin.write('echo back-$((1+1))\n');
      await until(again.stdout, 'back-2');
      again.stdin.write('exit 0\n');
      expect((await ended).code).toBe(0);
      await docker.text('rm', 'kept');
    });

    test('125 for the engine, 126 for what cannot be run, 127 for what is not there', async () => {
      const noImage = await docker.run(['run', '--rm', '--pull', 'never', 'nope:x']);
      expect([noImage.code, noImage.stderr]).toEqual([125, expect.stringContaining('No such image: nope:x')]);
      const noCommand = await docker.run(['run', '--rm', 'bb', 'nosuch']);
      expect([noCommand.code, noCommand.stderr]).toEqual([127, expect.stringContaining('executable file not found in $PATH')]);
      const folder = await docker.run(['run', '--rm', 'bb', '/etc']);
      expect([folder.code, folder.stderr]).toEqual([126, expect.stringContaining('permission denied')]);
      expect(await docker.text('ps', '-aq')).toBe('');
    });

    test('a failed start leaves the container created, with its exit code and reason', async () => {
      await docker.run(['run', '--name', 'failed', 'bb', 'nosuch']);
      expect((await inspect('failed')).State).toMatchObject({ Status: 'created', ExitCode: 127, Error: expect.stringContaining('nosuch') as string, Pid: 0 });
      await docker.text('rm', 'failed');
    });

    test('-e -w -u -h --entrypoint, and what the image brings', async () => {
      const options = ['-e', 'A=b c', '-w', '/tmp', '-u', 'sailor', '-h', 'ship', '--entrypoint', 'sh'];
      const { stdout } = await docker.run(['run', '--rm', ...options, 'bb', '-c', 'echo "$A|$FROM_IMAGE|$(pwd)|$(id -u)|$(hostname)"']);
      expect(stdout).toBe('b c|yes|/tmp|1000|ship\n');
    });

    test('-m, --cpus, --pids-limit and friends show in inspect', async () => {
      await docker.text('create', '--name', 'limited', '-m', '64m', '--cpus', '0.5', '--pids-limit', '20', '--restart', 'on-failure:3', '--label', 'a=b', 'bb');
      const { HostConfig, Config } = await inspect('limited');
      expect(HostConfig).toMatchObject({ Memory: 67108864, MemorySwap: 134217728, NanoCpus: 500000000, PidsLimit: 20, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } });
      expect(Config.Labels).toEqual({ origin: 'test', a: 'b' });
      await docker.text('rm', 'limited');
    });

    test('a read-only root with a tmpfs', async () => {
      const script = 'touch /x || touch /tmp/x && mount | grep " /tmp "';
      expect((await docker.run(['run', '--rm', '--read-only', '--tmpfs', '/tmp:size=1m', 'bb', 'sh', '-c', script])).stdout).toMatch(/^tmpfs on \/tmp type tmpfs \(rw,nosuid,nodev,noexec/);
    });

    test('namespaces of others: network and processes', async () => {
      await docker.text('run', '-d', '--name', 'base', 'bb', 'sleep', '1000');
      const address = (await inspect('base')).NetworkSettings.IPAddress;
      expect(await docker.text('run', '--rm', '--network', 'container:base', 'bb', 'ip', '-o', '-4', 'addr', 'show', 'eth0')).toContain(`${address}/`);
      expect(await docker.text('run', '--rm', '--pid', 'container:base', 'bb', 'ps')).toContain('sleep 1000');
      expect(await docker.text('run', '--rm', '--network', 'none', 'bb', 'ls', '/sys/class/net')).toBe('lo');
      await docker.text('rm', '-f', 'base');
    });

    test('a killed-for-memory container says so', async () => {
      expect((await docker.run(['run', '--name', 'greedy', '-m', '20m', 'bb', 'sh', '-c', 'head -c 100m /dev/zero | tail'])).code).toBe(137);
      expect((await inspect('greedy')).State).toMatchObject({ ExitCode: 137, OOMKilled: true });
      await docker.text('rm', 'greedy');
    });

    test('a name is taken once', async () => {
      await docker.text('create', '--name', 'twice', 'bb');
      const { code, stderr } = await docker.run(['create', '--name', 'twice', 'bb']);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/Conflict\. The container name "\/twice" is already in use by container "[0-9a-f]{64}"/)]);
      await docker.text('rm', 'twice');
    });

    test('a named volume keeps its content, and is filled from the image first', async () => {
      expect(await docker.text('run', '--rm', '-v', 'ledger:/data', 'bb', 'sh', '-c', 'cat /data/from-image; echo mine > /data/mine')).toBe('from the image');
      expect(await docker.text('run', '--rm', '-v', 'ledger:/elsewhere', 'bb', 'ls', '/elsewhere')).toBe('from-image\nmine');
      expect(await docker.text('volume', 'ls', '-q')).toBe('ledger');
      await docker.text('volume', 'rm', 'ledger');
    });

    test('-p leads from 127.0.0.1 into the container, and a taken port is refused', async () => {
      await docker.text('run', '-d', '--name', 'web', '-p', '127.0.0.1::80', 'bb', 'sh', '-c', 'echo hello > /tmp/index.html; exec httpd -f -p 80 -h /tmp');
      const [binding] = (await inspect('web')).NetworkSettings.Ports['80/tcp']!;
      await expect.poll(() => fetch(`http://127.0.0.1:${binding!.HostPort}/`).then((answer) => answer.text(), () => '')).toBe('hello\n');
      const second = await docker.run(['run', '--rm', '-p', `127.0.0.1:${binding!.HostPort}:80`, 'bb', 'true']);
      expect([second.code, second.stderr]).toEqual([125, expect.stringContaining('port is already allocated')]);
      await docker.text('rm', '-f', 'web');
      await expect(fetch(`http://127.0.0.1:${binding!.HostPort}/`)).rejects.toThrow();
    });
  });

  describe('a container in the background', () => {
    beforeAll(async () => {
      await docker.text('run', '-d', '--name', 'c1', 'bb', 'sh', '-c', 'trap "echo bye; exit 4" TERM; n=0; while :; do n=$((n+1)); echo line $n; [ $n -ge 3 ] && break; done; while :; do sleep 0.05; done');
    });

    afterAll(async () => {
      await docker.run(['rm', '-f', 'c1']);
    });

    test('ps shows it', async () => {
      expect(await docker.text('ps', '--format', '{{.Names}} {{.Image}} {{.State}}')).toBe('c1 bb running');
      expect(await docker.text('ps', '-q', '--filter', 'name=^/c1$', '--filter', 'status=running', '--filter', 'ancestor=bb', '--filter', 'label=origin=test')).not.toBe('');
      expect(await docker.text('ps', '-q', '--filter', 'name=other')).toBe('');
    });

    test('logs: all, tail, timestamps, follow until the end', async () => {
      await expect.poll(() => docker.text('logs', 'c1')).toBe('line 1\nline 2\nline 3');
      expect(await docker.text('logs', '--tail', '2', 'c1')).toBe('line 2\nline 3');
      expect(await docker.text('logs', '-t', '--tail', '1', 'c1')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{9}Z line 3$/);
      expect(await docker.text('logs', '--since', '1h', '--until', '-5s', 'c1')).toBe('line 1\nline 2\nline 3');
      expect(await docker.text('logs', '--since', '-5s', 'c1')).toBe('');
    });

    test('exec: output, exit codes, environment, stdin, terminal, detached', async () => {
      expect(await docker.run(['exec', 'c1', 'sh', '-c', 'echo out; echo err >&2; exit 5'])).toEqual({ code: 5, stdout: 'out\n', stderr: 'err\n' });
      expect(await docker.text('exec', '-e', 'A=b', '-w', '/tmp', '-u', '1000', 'c1', 'sh', '-c', 'echo $A $(pwd) $(id -u)')).toBe('b /tmp 1000');
      expect(await docker.run(['exec', '-i', 'c1', 'cat'], 'typed')).toMatchObject({ code: 0, stdout: 'typed' });
      expect((await docker.run(['exec', 'c1', 'nosuch'])).code).toBe(127);
      expect((await docker.run(['exec', 'c1', '/etc'])).code).toBe(126);
      const shell = docker.spawnInTerminal(['exec', '-it', 'c1', 'sh', '-c', 'until [ "$(stty size 2>&1)" = "33 101" ]; do usleep 10000; done; stty size; tty; exit 6']);
      const result = await finish(shell);
      expect([result.code, result.stdout]).toEqual([6, expect.stringMatching(/33 101\r\n\/dev\/pts\/\d+/)]);
      await docker.text('exec', '-d', 'c1', 'touch', '/tmp/made');
      await expect.poll(() => docker.text('exec', 'c1', 'ls', '/tmp')).toContain('made');
      for (let round = 0; round < 5; round += 1) expect(await docker.text('exec', 'c1', 'echo', 'whole')).toBe('whole');
    });

    test('stats counts it', async () => {
      const [name, cpu, memory, pids] = (await docker.text('stats', '--no-stream', '--format', '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}', 'c1')).split(/ (?!\/)(?<!\/ )/);
      expect(name).toBe('c1');
      expect(Number.parseFloat(cpu!)).toBeGreaterThanOrEqual(0);
      expect(memory).toMatch(/^[1-9][\d.]*[KM]iB \/ [\d.]+[MG]iB$/);
      expect(Number(pids)).toBeGreaterThan(0);
    });

    test('top shows its processes', async () => {
      expect(await docker.text('top', 'c1')).toContain('sleep 0.05');
    });

    test('pause, unpause, rename', async () => {
      await docker.text('pause', 'c1');
      expect(await docker.text('ps', '--format', '{{.Status}}')).toMatch(/^Up .* \(Paused\)$/);
      expect((await docker.run(['exec', 'c1', 'true'])).stderr).toContain('is paused');
      await docker.text('unpause', 'c1');
      await docker.text('rename', 'c1', 'c1-other');
      await docker.text('rename', 'c1-other', 'c1');
    });

    test('stop: signal, exit code, wait and follow end', async () => {
      const follower = docker.spawn(['logs', '-f', 'c1']);
      const followed = finish(follower);
      await until(follower.stdout, 'line 3');
      const waited = docker.text('wait', 'c1');
      await docker.text('stop', 'c1');
      expect(await waited).toBe('4');
      expect((await followed).stdout).toBe('line 1\nline 2\nline 3\nbye\n');
      expect((await inspect('c1')).State).toMatchObject({ Status: 'exited', ExitCode: 4, Running: false, Pid: 0 });
      expect(await docker.text('ps', '-a', '--filter', 'exited=4', '--format', '{{.Status}}')).toMatch(/^Exited \(4\) .* ago$/);
      expect((await docker.run(['rm', 'c1'])).code).toBe(0);
    });
  });

  test('kill, a running container is not removed without force, rm -f', async () => {
    await docker.text('run', '-d', '--name', 'k1', 'bb', 'sleep', '1000');
    expect((await docker.run(['rm', 'k1'])).stderr).toContain('cannot remove container "/k1": container is running: stop the container before removing or force remove');
    await docker.text('kill', 'k1');
    expect((await inspect('k1')).State.ExitCode).toBe(137);
    expect((await docker.run(['kill', 'k1'])).stderr).toContain('is not running');
    await docker.text('start', 'k1');
    await docker.text('rm', '-f', 'k1');
    expect(await docker.text('ps', '-aq')).toBe('');
  });

  test('start -a shows the output of a second run', async () => {
    await docker.text('create', '--name', 'again', 'bb', 'echo', 'once more');
    for (let round = 0; round < 2; round += 1) expect(await docker.run(['start', '-a', 'again'])).toMatchObject({ code: 0, stdout: 'once more\n' });
    expect(await docker.text('logs', 'again')).toBe('once more\nonce more');
    await docker.text('rm', 'again');
  });

  test('events in the order of dockerd', async () => {
    const since = new Date().toISOString();
    await docker.text('run', '--rm', '--name', 'seen', 'bb', 'true');
    await docker.text('run', '-d', '--name', 'stopped', 'bb', 'sleep', '1000');
    await docker.text('stop', '-t', '0', 'stopped');
    await docker.text('rm', 'stopped');
    const lines = await docker.text('events', '--since', since, '--until', new Date().toISOString(), '--format', '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}');
    const container = (name: string) => lines.split('\n').filter((line) => line.startsWith('container') && line.endsWith(` ${name}`)).map((line) => line.split(' ')[1]);
    expect(container('seen')).toEqual(['create', 'attach', 'start', 'die', 'destroy']);
    // `sleep` as process 1 does not hear SIGTERM, so SIGKILL follows.
    expect(container('stopped')).toEqual(['create', 'start', 'kill', 'kill', 'die', 'stop', 'destroy']);
    expect(lines).toContain('network connect bridge');
    expect(lines).toContain('network disconnect bridge');
  });

  test('images: list, inspect, tag, history, remove', async () => {
    expect(await docker.text('images', '--format', '{{.Repository}}:{{.Tag}}')).toBe('bb:latest');
    await docker.text('tag', 'bb', 'localhost:5000/team/bb:2');
    expect(JSON.parse(await docker.text('image', 'inspect', 'localhost:5000/team/bb:2'))).toMatchObject([{ RepoTags: ['bb:latest', 'localhost:5000/team/bb:2'], Os: 'linux' }]);
    expect(await docker.text('history', '-q', 'bb')).not.toBe('');
    await docker.text('rmi', 'localhost:5000/team/bb:2');
    expect((await docker.run(['rmi', 'nope'])).stderr).toContain('No such image: nope:latest');
  });

  test('networks and system', async () => {
    expect((await docker.text('network', 'ls', '--format', '{{.Name}}')).split('\n').sort()).toEqual(['bridge', 'host', 'none']);
    expect(await docker.text('info', '--format', '{{.OSType}} {{.Driver}} {{.Swarm.LocalNodeState}}')).toBe('linux overlay2 inactive');
    expect(await docker.text('version', '--format', '{{.Server.APIVersion}} {{.Server.MinAPIVersion}}')).toBe('1.51 1.24');
    expect(await docker.text('system', 'df', '--format', '{{.Type}}')).toBe('Images\nContainers\nLocal Volumes\nBuild Cache');
    expect((await docker.run(['node', 'ls'])).stderr).toContain('This node is not a swarm manager');
    // Its answer comes before the client has sent the context.
    expect((await docker.run(['build', '-'], 'FROM bb')).stderr).toContain('not built yet');
  });

  test('a restart policy starts a container again, with a count', async () => {
    await docker.text('run', '-d', '--name', 'phoenix', '--restart', 'on-failure:2', 'bb', 'sh', '-c', 'echo up; exit 9');
    await expect.poll(async () => (await inspect('phoenix')).State.Status, { timeout: 10_000 }).toBe('exited');
    expect(await inspect('phoenix')).toMatchObject({ RestartCount: 2, State: { ExitCode: 9 } });
    expect(await docker.text('logs', 'phoenix')).toBe('up\nup\nup');
    await docker.text('rm', 'phoenix');
  });

  test('nothing is left behind', async () => {
    expect(await docker.text('ps', '-aq')).toBe('');
    const { body } = await engine.api<{ Containers: unknown[] }>('GET', '/system/df');
    expect(body.Containers).toEqual([]);
    expect(engine.log).not.toMatch(/not caught|not cleaned up/);
  });
});
