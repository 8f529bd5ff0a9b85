import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerInspect } from '../../contract/engine-api/container.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import { DockerCli, finish } from './fixture/docker-cli.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

/** A busy machine is slow, not wrong. */
const patience = { timeout: 30_000 };

/** What the options of create and update do to real containers. What inspect shows of them: `differential/`. */
let engine: NativeEngine;
let cli: DockerCli;

beforeAll(async () => {
  engine = await startBusyboxEngine();
  cli = new DockerCli(engine.socket);
});

afterAll(async () => {
  await engine?.dispose();
});

const profile = '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":38}]}';
const status = (field: string) => ['sh', '-c', `sed -n "s/^${field}:[[:space:]]*//p" /proc/self/status`];

describe('a container is as its options say', () => {
  test.each<[string, string[], string[], string | RegExp]>([
    ['user by name', ['-u', 'sailor'], ['id'], /^uid=1000\(sailor\) gid=1000/],
    ['user and group by number', ['-u', '7:8'], ['id'], /^uid=7 gid=8/],
    ['more groups', ['-u', 'sailor', '--group-add', '33', '--group-add', '44'], ['id', '-G'], '1000 33 44'],
    ['working directory that the image lacks', ['-w', '/new/folder'], ['pwd'], '/new/folder'],
    ['environment over the image’s', ['-e', 'A=1', '-e', 'FROM_IMAGE=no'], ['sh', '-c', 'echo $A $FROM_IMAGE $HOME'], '1 no /root'],
    ['host and domain name', ['-h', 'ship', '--domainname', 'example.org'], ['sh', '-c', 'hostname; cat /proc/sys/kernel/domainname; cat /etc/hostname'], 'ship\nexample.org\nship'],
    ['host’s uts', ['--uts', 'host'], ['hostname'], hostname()],
    ['entrypoint', ['--entrypoint', 'echo'], ['from', 'arguments'], 'from arguments'],
    ['ulimit', ['--ulimit', 'nofile=512:600'], ['sh', '-c', 'ulimit -Sn; ulimit -Hn'], '512\n600'],
    ['no capabilities', ['--cap-drop', 'ALL'], status('CapEff'), '0000000000000000'],
    ['one capability', ['--cap-drop', 'all', '--cap-add', 'chown'], status('CapEff'), '0000000000000001'],
    ['seccomp by default', [], status('Seccomp'), '2'],
    ['seccomp unconfined', ['--security-opt', 'seccomp=unconfined'], status('Seccomp'), '0'],
    ['no new privileges', ['--security-opt', 'no-new-privileges:true'], status('NoNewPrivs'), '1'],
    ['privileges with a false flag', ['--security-opt', 'no-new-privileges=false'], status('NoNewPrivs'), '0'],
    ['labels and AppArmor, which this kernel lacks', ['--security-opt', 'label=disable', '--security-opt', 'apparmor=unconfined'], ['echo', 'runs'], 'runs'],
    ['privileged: seccomp', ['--privileged'], status('Seccomp'), '0'],
    ['privileged: kernel settings can be written', ['--privileged'], ['sh', '-c', 'test -w /proc/sys/kernel/core_pattern && ls -d /dev/mem /dev/kmsg 2>/dev/null | head -1'], /dev/],
    ['masked path', [], ['sh', '-c', 'wc -c < /proc/keys'], '0'],
    ['read-only path', [], ['sh', '-c', 'echo x > /proc/sys/kernel/domainname; echo $?'], /\b1$/],
    ['sysctl', ['--sysctl', 'net.ipv4.ip_forward=0', '--sysctl', 'kernel.msgmax=4096'], ['sh', '-c', 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax'], '0\n4096'],
    ['read-only with a tmpfs', ['--read-only', '--tmpfs', '/tmp:size=64k,mode=700'], ['sh', '-c', 'touch /x 2>/dev/null || touch /tmp/x && df -k /tmp | tail -1'], /^tmpfs\s+64 /],
    ['shm size', ['--shm-size', '1m'], ['sh', '-c', 'df -k /dev/shm | tail -1'], /^shm\s+1024 /],
    ['no ipc', ['--ipc', 'none'], ['sh', '-c', 'grep -c " /dev/shm " /proc/mounts'], '0'],
    ['host’s pids', ['--pid', 'host'], ['sh', '-c', `test -d /proc/${process.pid} && echo seen`], 'seen'],
    ['init', ['--init'], ['sh', '-c', 'cat /proc/1/comm'], 'docker-init'],
    ['init, and the host’s pids', ['--init', '--pid', 'host'], ['cat', '/proc/self/comm'], 'cat'],
    ['device', ['--device', '/dev/null:/dev/nothing:r'], ['sh', '-c', 'cat /dev/nothing; stat -c %t:%T /dev/nothing'], '1:3'],
    ['devices of a folder', ['--device', '/dev/net:/dev/wire'], ['sh', '-c', 'ls /dev/wire'], /tun/],
    ['OOM score', ['--oom-score-adj', '600'], ['cat', '/proc/self/oom_score_adj'], '600'],
    ['annotations that crun would obey', ['--annotation', 'run.oci.handler=krun', '--annotation', 'run.oci.keep_original_groups=1'], ['echo', 'runs'], 'runs'],
    ['runtime by Docker’s name', ['--runtime', 'runc'], ['echo', 'runs'], 'runs'],
    ['cgroup namespace', ['--cgroupns', 'private'], ['sh', '-c', 'grep -c slipway /proc/self/cgroup'], '0'],
  ])('%s', async (_name, options, command, expected) => {
    const { code, stdout, stderr } = await cli.run(['run', '--rm', ...options, 'bb', ...command]);
    if (typeof expected === 'string') expect({ stdout: stdout.trimEnd(), stderr }).toEqual({ stdout: expected, stderr: expect.any(String) as string });
    else expect(stdout.trimEnd(), stderr).toMatch(expected);
    if (!/echo \$\?|grep -c/.test(command.join(' '))) expect(code, stderr).toBe(0);
  });

  test('a seccomp profile of one’s own', async () => {
    const { body: made } = await engine.api<{ Id: string }>('POST', '/containers/create', {
      Image: 'bb',
      Cmd: ['sh', '-c', 'mkdir /x; touch /y && echo touched'],
      Tty: true,
      HostConfig: { SecurityOpt: [`seccomp=${profile}`] },
    });
    await engine.api('POST', `/containers/${made.Id}/start`);
    await engine.api('POST', `/containers/${made.Id}/wait`);
    const { stdout } = await cli.run(['logs', made.Id]);
    expect(stdout).toContain('Function not implemented');
    expect(stdout).toContain('touched');
  });
});

describe('is refused at start with words that help', () => {
  test.each<[string, string[], string]>([
    ['a network sysctl on the host’s network', ['--network', 'host', '--sysctl', 'net.core.somaxconn=5'], 'not allowed in host network namespace'],
    ['an unknown user', ['-u', 'nobody-here'], 'unable to find user nobody-here: no matching entries in passwd file'],
    ['an unknown group', ['--group-add', 'nobody-here'], 'Unable to find group nobody-here'],
    ['a device that is not there', ['--device', '/dev/nope'], 'error gathering device information while adding custom device "/dev/nope": no such file or directory'],
    ['a file that is no device', ['--device', '/etc/passwd'], 'not a device node'],
    ['a GPU', ['--gpus', 'all'], 'could not select device driver "" with capabilities: [[gpu]]'],
    ['a profile that is none', ['--security-opt', 'seccomp={}'], 'seccomp'],
    ['a size for the root file system', ['--storage-opt', 'size=1G'], 'pquota'],
    ['the pids of a container that is not there', ['--pid', 'container:nobody'], 'No such container: nobody'],
  ])('%s', async (_name, options, words) => {
    const { code, stderr } = await cli.run(['run', '--rm', ...options, 'bb', 'true']);
    expect(stderr).toContain(words);
    // The CLI takes every `no such file or directory` for a command that is not there.
    expect(code).toBe(words.includes('no such file or directory') ? 127 : 125);
  });

  test('a ulimit above the machine’s', async () => {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const hard = /^Max locked memory\s+\S+\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited';
    if (hard === 'unlimited') return;
    const { stderr, code } = await cli.run(['run', '--rm', '--ulimit', `memlock=${Number(hard) * 2}`, 'bb', 'true']);
    expect(stderr).toContain(`this machine allows at most ${hard}`);
    expect(code).toBe(125);
    expect((await engine.api('GET', '/_ping')).status).toBe(200);
  });

  test('an image of another platform', async () => {
    const { status: code, body } = await engine.api<{ message: string }>('POST', '/containers/create?platform=linux/s390x', { Image: 'bb', Cmd: ['true'] });
    expect([code, body.message]).toEqual([404, expect.stringMatching(/^image with reference bb was found but its platform \(linux\/\w+\) does not match the specified platform \(linux\/s390x\)$/) as string]);
    expect((await engine.api('POST', '/containers/create?platform=a/b/c/d', { Image: 'bb', Cmd: ['true'] })).status).toBe(400);
    const native = process.arch === 'x64' ? 'amd64' : process.arch;
    expect((await engine.api<{ Id: string }>('POST', `/containers/create?platform=linux/${native}`, { Image: 'bb', Cmd: ['true'] })).status).toBe(201);
  });
});

describe('namespaces of another container', () => {
  test('ipc: shared memory where it is shareable, a refusal where not', async () => {
    await cli.text('run', '-d', '--name', 'donor', '--ipc', 'shareable', '--shm-size', '2m', 'bb', 'sh', '-c', 'echo shared > /dev/shm/file; sleep 1000');
    expect(await cli.text('run', '--rm', '--ipc', 'container:donor', 'bb', 'sh', '-c', 'until [ -e /dev/shm/file ]; do usleep 1000; done; cat /dev/shm/file; df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2')).toBe('shared\n2048');
    const { Id } = (await engine.api<ContainerInspect>('GET', '/containers/donor/json')).body;
    await engine.kill();
    await engine.start();
    expect(await cli.text('run', '--rm', '--ipc', 'container:donor', 'bb', 'cat', '/dev/shm/file')).toBe('shared');
    await cli.text('rm', '-f', 'donor');
    expect(existsSync(`${engine.directory}/root/containers/${Id}`)).toBe(false);
    await cli.text('run', '-d', '--name', 'miser', 'bb', 'sleep', '1000');
    const { stderr } = await cli.run(['run', '--rm', '--ipc', 'container:miser', 'bb', 'true']);
    expect(stderr).toContain('non-shareable IPC (hint: use IpcMode:shareable for the donor container)');
    await cli.text('rm', '-f', 'miser');
  });

  test('pid, network and its names', async () => {
    await cli.text('run', '-d', '--name', 'donor', '-h', 'donor-host', 'bb', 'sleep', '1234');
    expect(await cli.text('run', '--rm', '--pid', 'container:donor', 'bb', 'ps', '-o', 'args')).toContain('sleep 1234');
    expect(await cli.text('run', '--rm', '--network', 'container:donor', 'bb', 'hostname')).toBe('donor-host');
    await cli.text('stop', '-t', '0', 'donor');
    const { stderr } = await cli.run(['run', '--rm', '--pid', 'container:donor', 'bb', 'true']);
    expect(stderr).toContain('cannot join');
    await cli.text('rm', 'donor');
  });
});

describe('update', () => {
  const unified = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const limit = (id: string, v1: string, v2: string) =>
    readFileSync(unified ? `/sys/fs/cgroup/slipway/${id}/${v2}` : `/sys/fs/cgroup/${v1.split('/')[0]}/slipway/${id}/${v1.split('/')[1]}`, 'utf8').trim();
  const update = (name: string, body: unknown) => engine.api<{ Warnings: string[] | null; message?: string }>('POST', `/containers/${name}/update`, body);
  const hostConfig = async (name: string) => (await engine.api<ContainerInspect>('GET', `/containers/${name}/json`)).body.HostConfig;

  test('limits of a running container', async () => {
    const id = await cli.text('run', '-d', '--name', 'updated', '-m', '64m', '--pids-limit', '20', 'bb', 'sleep', '1000');
    expect(limit(id, 'memory/memory.limit_in_bytes', 'memory.max')).toBe(String(64 << 20));
    expect(limit(id, 'pids/pids.max', 'pids.max')).toBe('20');
    expect(await update('updated', { Memory: 32 << 20, PidsLimit: 50, CpuShares: 300 })).toEqual({ status: 200, body: { Warnings: null } });
    expect(limit(id, 'memory/memory.limit_in_bytes', 'memory.max')).toBe(String(32 << 20));
    expect(limit(id, 'pids/pids.max', 'pids.max')).toBe('50');
    if (!unified) expect(limit(id, 'cpu/cpu.shares', '')).toBe('300');
    expect(await update('updated', { Memory: 256 << 20, MemorySwap: -1, PidsLimit: -1, CpuQuota: 20000, CpuPeriod: 50000, CpusetCpus: '0' })).toMatchObject({ status: 200 });
    expect(limit(id, 'memory/memory.limit_in_bytes', 'memory.max')).toBe(String(256 << 20));
    expect(limit(id, 'pids/pids.max', 'pids.max')).toBe('max');
    expect(limit(id, 'cpuset/cpuset.cpus', 'cpuset.cpus')).toBe('0');
    if (!unified) expect(limit(id, 'cpu/cpu.cfs_quota_us', '')).toBe('20000');
    expect((await update('updated', { CpuQuota: -1 })).status).toBe(200);
    if (!unified) expect(limit(id, 'cpu/cpu.cfs_quota_us', '')).toBe('-1');
    expect((await update('updated', { CpuQuota: 20000 })).status).toBe(200);
    expect(await hostConfig('updated')).toMatchObject({ Memory: 256 << 20, MemorySwap: -1, PidsLimit: 0, CpuShares: 300, CpuQuota: 20000, CpusetCpus: '0' });
    await cli.text('pause', 'updated');
    expect((await update('updated', { PidsLimit: 5 })).status).toBe(200);
    expect(limit(id, 'pids/pids.max', 'pids.max')).toBe('5');
    await cli.text('rm', '-f', 'updated');
  });

  test('of a stopped container holds from its next start, and the policy from now on', async () => {
    const id = await cli.text('create', '--name', 'later', 'bb', 'sleep', '1000');
    expect(await cli.text('update', '--memory', '32m', '--memory-swap', '64m', '--restart', 'on-failure:3', 'later')).toBe('later');
    expect(await hostConfig('later')).toMatchObject({ Memory: 32 << 20, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } });
    await cli.text('start', 'later');
    expect(limit(id, 'memory/memory.limit_in_bytes', 'memory.max')).toBe(String(32 << 20));
    await cli.text('rm', '-f', 'later');
  });

  test.each<[string, string[], unknown, number, string]>([
    ['memory above the swap limit', ['-m', '32m'], { Memory: 512 << 20 }, 409, 'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time'],
    ['memory without any swap limit', [], { Memory: 32 << 20 }, 409, 'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time'],
    ['quota beside CPUs', ['--cpus', '1'], { CpuQuota: 20000 }, 409, 'Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set'],
    ['period beside CPUs', ['--cpus', '1'], { CpuPeriod: 20000 }, 409, 'Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set'],
    ['CPUs beside quota', ['--cpu-quota', '20000'], { NanoCpus: 1e9 }, 409, 'Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set'],
    ['a policy beside --rm', ['--rm'], { RestartPolicy: { Name: 'always' } }, 409, 'Restart policy cannot be updated because AutoRemove is enabled for the container'],
    ['too little memory', [], { Memory: 1 }, 400, 'Minimum memory limit allowed is 6MB'],
    ['CPUs that are not there', [], { CpusetCpus: '999' }, 400, 'Requested CPUs are not available - requested 999, available:'],
    ['an unknown policy', [], { RestartPolicy: { Name: 'x' } }, 400, "invalid restart policy: unknown policy 'x'"],
  ])('refuses %s', async (_name, options, body, code, words) => {
    const id = await cli.text('create', ...options, 'bb', 'sleep', '1000');
    const answer = await update(id, body);
    expect([answer.status, answer.body.message]).toEqual([code, expect.stringContaining(words) as string]);
    await cli.text('rm', id);
  });

  test('of nobody is 404, and nothing is 400', async () => {
    expect(await update('nobody', { CpuShares: 5 })).toMatchObject({ status: 404, body: { message: 'No such container: nobody' } });
    expect((await update('nobody', 'x')).status).toBe(400);
  });
});

describe('exec', () => {
  beforeAll(async () => {
    await cli.text('run', '-d', '--name', 'host', '-e', 'OUTER=1', '-w', '/tmp', '-u', 'sailor', 'bb', 'sleep', '1000');
  });
  afterAll(async () => {
    await cli.run(['rm', '-f', 'host']);
  });

  test.each<[string, string[], string[], string | RegExp]>([
    ['as the container', [], ['sh', '-c', 'id -un; pwd; echo $OUTER $HOME'], 'sailor\n/tmp\n1 /tmp'],
    ['as somebody else', ['-u', '0:7'], ['sh', '-c', 'id -u; id -g; echo $HOME'], '0\n7\n/root'],
    ['with its own environment', ['-e', 'INNER=2', '-e', 'OUTER=3'], ['sh', '-c', 'echo $OUTER $INNER'], '3 2'],
    ['in its own folder', ['-w', '/data'], ['pwd'], '/data'],
    ['unprivileged', ['-u', '0'], status('CapEff'), /^0000000/],
    ['privileged', ['--privileged', '-u', '0'], status('CapEff'), /^000001|^0000003/],
  ])('%s', async (_name, options, command, expected) => {
    const said = await cli.text('exec', ...options, 'host', ...command);
    if (typeof expected === 'string') expect(said).toBe(expected);
    else expect(said).toMatch(expected);
  });

  test('a terminal has its size before the process starts', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { stdout } = await finish(cli.spawnInTerminal(['exec', '-it', 'host', 'stty', 'size']));
      expect(stdout.trim()).toBe('33 101');
    }
    const { stdout } = await finish(cli.spawnInTerminal(['run', '--rm', '-it', 'bb', 'stty', 'size']));
    expect(stdout.trim()).toBe('33 101');
    // What makes sure of it is a matter of the runtime: the process is scheduled as all others. Field 41 is the policy, proc(5).
    expect((await finish(cli.spawnInTerminal(['exec', '-it', 'host', 'cut', '-d', ' ', '-f', '40,41', '/proc/self/stat']))).stdout.trim()).toBe('0 0');
  });

  test.each<[string, string[], number, string]>([
    ['a command that is not there', ['nope'], 127, 'executable file not found in $PATH'],
    ['a folder', ['/etc'], 126, 'permission denied'],
  ])('%s', async (_name, command, code, words) => {
    const result = await cli.run(['exec', 'host', ...command]);
    expect([result.code, result.stdout + result.stderr]).toEqual([code, expect.stringContaining(words) as string]);
    // What the runtime says when it fails must not be lost in the terminal that goes with it.
    for (const verb of [['exec', '-it', 'host'], ['run', '--rm', '-it', 'bb']]) {
      const interactive = await finish(cli.spawnInTerminal([...verb, ...command]));
      expect([interactive.code, interactive.stdout]).toEqual([code, expect.stringContaining(words) as string]);
    }
  });

  test('a user that is not there, and keys that are none', async () => {
    const unknown = await cli.run(['exec', '-u', 'nope', 'host', 'true']);
    expect(unknown.stdout + unknown.stderr).toContain('unable to find user nope: no matching entries in passwd file');
    expect((await engine.api<{ message: string }>('POST', '/containers/host/exec', { Cmd: ['true'], DetachKeys: 'ctrl-' })).status).toBe(400);
    expect((await engine.api('POST', '/containers/host/exec', { Cmd: [''] })).status).toBe(201);
    expect((await engine.api('POST', '/containers/host/exec')).status).toBe(400);
  });

  test('inspect shows it whole', async () => {
    const { body: made } = await engine.api<{ Id: string }>('POST', '/containers/host/exec', { Cmd: ['sh', '-c', 'exit 3'], User: '0', Privileged: true, AttachStdout: true, DetachKeys: 'ctrl-a' });
    const wanted = {
      ID: made.Id,
      Running: false,
      ExitCode: null,
      ProcessConfig: { tty: false, entrypoint: 'sh', arguments: ['-c', 'exit 3'], privileged: true, user: '0' },
      OpenStdin: false,
      OpenStderr: false,
      OpenStdout: true,
      CanRemove: false,
      DetachKeys: expect.anything() as unknown,
      Pid: 0,
    };
    expect((await engine.api('GET', `/exec/${made.Id}/json`)).body).toMatchObject(wanted);
    await engine.api('POST', `/exec/${made.Id}/start`, { Detach: true });
    await expect.poll(async () => (await engine.api('GET', `/exec/${made.Id}/json`)).body, patience).toMatchObject({ Running: false, ExitCode: 3, CanRemove: expect.any(Boolean) as boolean });
  });
});

describe('signals and states', () => {
  test.each([['SIGUSR1', 'USR1'], ['usr2', 'USR2'], ['12', 'USR2'], ['SIGRTMIN+3', 'RTMIN+3'], ['RTMAX-1', 'RTMAX-1']])('kill -s %s', async (signal, trapped) => {
    // busybox has no names for real-time signals in trap.
    const number = trapped.startsWith('RTMIN') ? '37' : trapped.startsWith('RTMAX') ? '63' : trapped;
    const id = await cli.text('run', '-d', 'bb', 'sh', '-c', `trap "echo got; exit 5" ${number}; echo ready; while :; do usleep 10000; done`);
    await expect.poll(() => cli.text('logs', id), patience).toBe('ready');
    await cli.text('kill', '-s', signal, id);
    expect(await cli.text('wait', id)).toBe('5');
    expect(await cli.text('logs', id)).toBe('ready\ngot');
    await cli.text('rm', id);
  });

  test.each(['0', '65', '-1', 'FOO', 'SIGRTMAX+1'])('signal %s is refused', async (signal) => {
    const id = await cli.text('run', '-d', 'bb', 'sleep', '1000');
    const { status: code, body } = await engine.api<{ message: string }>('POST', `/containers/${id}/kill?signal=${encodeURIComponent(signal)}`);
    const reason = ['65', '-1'].includes(signal) ? 'the linux daemon does not support signal' : 'invalid signal:';
    expect([code, body.message]).toEqual([400, `cannot kill container: ${id}: ${reason} ${signal}`]);
    await cli.text('rm', '-f', id);
  });

  test('stop: own signal, own patience, and a signal for once', async () => {
    const id = await cli.text('run', '-d', '--stop-signal', 'USR1', '--stop-timeout', '1', 'bb', 'sh', '-c', 'trap "exit 4" USR1; trap "" TERM; trap "exit 6" USR2; echo ready; while :; do usleep 10000; done');
    await expect.poll(() => cli.text('logs', id), patience).toBe('ready');
    await cli.text('stop', id);
    expect((await engine.api<ContainerInspect>('GET', `/containers/${id}/json`)).body.State.ExitCode).toBe(4);
    await cli.text('start', id);
    await expect.poll(() => cli.text('logs', id), patience).toBe('ready\nready');
    await cli.text('stop', '-s', 'USR2', id);
    expect((await engine.api<ContainerInspect>('GET', `/containers/${id}/json`)).body.State.ExitCode).toBe(6);
    await cli.text('start', id);
    await expect.poll(() => cli.text('logs', id), patience).toBe('ready\nready\nready');
    await cli.text('stop', '-t', '0', '-s', 'TERM', id);
    expect((await engine.api<ContainerInspect>('GET', `/containers/${id}/json`)).body.State.ExitCode).toBe(137);
    await cli.text('rm', id);
  });

  test('a paused container can be killed', async () => {
    const id = await cli.text('run', '-d', 'bb', 'sleep', '1000');
    await cli.text('pause', id);
    await cli.text('kill', id);
    expect(await cli.text('wait', id)).toBe('137');
    await cli.text('rm', id);
  });

  test('rename: taken, same, none, and the old name is free', async () => {
    const id = await cli.text('run', '-d', '--name', 'before', 'bb', 'sleep', '1000');
    const other = await cli.text('create', '--name', 'other', 'bb', 'true');
    const rename = async (name: string) => {
      const { status: code, body } = await engine.api<{ message?: string }>('POST', `/containers/before/rename?name=${encodeURIComponent(name)}`);
      return [code, body.message];
    };
    expect(await rename('other')).toEqual([
      409,
      `Error when allocating new name: Conflict. The container name "/other" is already in use by container "${other}". You have to remove (or rename) that container to be able to reuse that name.`,
    ]);
    expect(await rename('before')).toEqual([400, 'Renaming a container with the same name as its current name']);
    expect(await rename('')).toEqual([400, 'Neither old nor new names may be empty']);
    expect(await rename('a@b')).toEqual([400, expect.stringContaining('Error when allocating new name: Invalid container name (/a@b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed')]);
    await cli.text('rename', 'before', 'after');
    expect(await cli.text('inspect', '-f', '{{.Id}}', 'after')).toBe(id);
    await cli.text('create', '--name', 'before', 'bb', 'true');
    await cli.text('rm', '-f', 'before', 'after', 'other');
  });

  test('top', async () => {
    const id = await cli.text('run', '-d', 'bb', 'sh', '-c', 'sleep 777 & sleep 888');
    await expect.poll(() => cli.text('top', id), patience).toMatch(/sleep 777[\s\S]*sleep 888|sleep 888[\s\S]*sleep 777/);
    const table = await engine.api<{ Titles: string[]; Processes: string[][] }>('GET', `/containers/${id}/top?ps_args=${encodeURIComponent('-o pid,args')}`);
    expect(table.body.Titles).toEqual(['PID', 'COMMAND']);
    expect(table.body.Processes.map(([, command]) => command).sort()).toEqual(['sleep 777', 'sleep 888']);
    expect(await engine.api('GET', `/containers/${id}/top?ps_args=${encodeURIComponent('-o comm')}`)).toMatchObject({ status: 400, body: { message: "Couldn't find PID field in ps output" } });
    expect(await engine.api('GET', `/containers/${id}/top?ps_args=--nope`)).toMatchObject({ status: 500, body: { message: 'ps: error: unknown gnu long option' } });
    await cli.text('rm', '-f', id);
    expect((await engine.api('GET', `/containers/${id}/top`)).status).toBe(404);
  });

  test('a --rm container that never ran is gone with the engine that made it', async () => {
    const removed = await cli.text('create', '--rm', 'bb', 'true');
    const running = await cli.text('run', '-d', '--rm', 'bb', 'sleep', '1000');
    const kept = await cli.text('create', 'bb', 'true');
    await engine.kill();
    await engine.start();
    const ids = (await engine.api<{ Id: string }[]>('GET', '/containers/json?all=1')).body.map(({ Id }) => Id);
    expect(ids).not.toContain(removed);
    expect(ids).toEqual(expect.arrayContaining([running, kept]));
    await cli.text('rm', '-f', running, kept);
  });
});
