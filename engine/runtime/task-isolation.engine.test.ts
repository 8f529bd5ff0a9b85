import { symlinkSync, existsSync, mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../lib/processes/run-command.ts';
import { TaskFixture } from '../testing/task-fixture.ts';
import { readHostFacts } from './oci/host-facts.ts';

let fixture: TaskFixture;
beforeAll(async () => {
  fixture = await TaskFixture.make();
});
afterAll(async () => {
  await fixture.dispose();
});

const status = (fields: string) => ['grep', '-E', `^(${fields}):`, '/proc/self/status'];

describe('a container', () => {
  it('has seccomp on, also when the filter comes compiled from the cache', async () => {
    for (let round = 0; round < 2; round++) {
      expect((await fixture.run(status('Seccomp'))).stdout).toBe('Seccomp:\t2\n');
      expect(await fixture.run(['unshare', '-m', 'true'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Operation not permitted') as string });
    }
    expect((await fixture.run(status('Seccomp'), {}, { SecurityOpt: ['seccomp=unconfined'] })).stdout).toBe('Seccomp:\t0\n');
  });

  it('obeys a profile of the user', async () => {
    const profile = JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 13 }] });
    const { stderr } = await fixture.run(['mkdir', '/tmp/x'], {}, { SecurityOpt: [`seccomp=${profile}`] });
    expect(stderr).toContain('Permission denied');
  });

  it('has moby’s default capabilities, and those that were added and dropped', async () => {
    const effective = async (hostConfig: object, config = {}) => (await fixture.run(status('CapEff'), config, hostConfig)).stdout.trim();
    expect(await effective({})).toBe('CapEff:\t00000000a80425fb');
    expect(await effective({ CapAdd: ['NET_ADMIN'], CapDrop: ['mknod'] })).toBe('CapEff:\t00000000a00435fb');
    expect(await effective({ CapDrop: ['ALL'] })).toBe('CapEff:\t0000000000000000');
    expect(await effective({}, { User: 'web' })).toBe('CapEff:\t0000000000000000');
  });

  it('does not pass the engine’s privileges on', async () => {
    const { stdout } = await fixture.run(status('NoNewPrivs|SigIgn|SigBlk'), {}, { SecurityOpt: ['no-new-privileges'] });
    expect(stdout).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nNoNewPrivs:\t1\n');
  });

  it('has hidden and read-only paths', async () => {
    const script = 'cat /proc/keys | wc -c; cat /proc/interrupts | wc -c; ls /sys/firmware | wc -l; echo 1 > /proc/sys/vm/swappiness; echo 1 > /sys/kernel/x; echo b > /proc/sysrq-trigger; true';
    const { stdout, stderr } = await fixture.run(['sh', '-c', script]);
    expect(stdout).toBe('0\n0\n0\n');
    expect(stderr.match(/Read-only file system|nonexistent directory|Permission denied/g)).toHaveLength(3);
  });

  it('has namespaces of its own, and shares those that it was told to', async () => {
    const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'];
    const show = ['sh', '-c', `for kind in ${kinds.join(' ')}; do readlink /proc/self/ns/$kind; done`];
    const own = (await fixture.run(show)).stdout.trim().split('\n');
    const host = kinds.map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
    const shared = kinds.filter((_, index) => own[index] === host[index]);
    expect(shared).toEqual(readHostFacts().cgroupVersion === 2 ? ['net'] : ['cgroup', 'net']);
    const open = (await fixture.run(show, {}, { PidMode: 'host', IpcMode: 'host', UTSMode: 'host', CgroupnsMode: 'host' })).stdout.trim().split('\n');
    expect(kinds.filter((_, index) => open[index] !== host[index])).toEqual(['mnt']);
  });

  it('joins the pids of another container', async () => {
    const first = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(first);
    await fixture.tasks.start(first.id);
    const { stdout } = await fixture.run(['ps', '-o', 'args'], {}, { PidMode: `container:${first.id}` });
    expect(stdout).toContain('sleep 1000');
    await fixture.tasks.delete(first.id, { force: true });
    await expect(fixture.run(['true'], {}, { PidMode: `container:${first.id}` })).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('has its host name, its mounts, and /dev as Docker’s', async () => {
    writeFileSync(join(fixture.directory, 'hosts'), '10.0.0.1 box\n');
    const spec = fixture.spec(['sh', '-c', 'hostname; cat /etc/hosts; ls /dev | tr "\\n" " "; echo; df -k /dev/shm | tail -n 1 | tr -s " " | cut -d " " -f 2; touch /etc/hosts || true'], {}, { ShmSize: 4096 * 8 });
    spec.mounts.push({ type: 'bind', source: join(fixture.directory, 'hosts'), destination: '/etc/hosts', options: ['rbind', 'ro', 'rprivate'] });
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    await fixture.tasks.wait(spec.id, null);
    const [hostname, hosts, , shm, refused] = fixture.log(spec.id).map(({ log }) => log);
    expect([hostname, hosts, shm, refused]).toEqual(['tester\n', '10.0.0.1 box\n', '32\n', 'touch: /etc/hosts: Read-only file system\n']);
    expect(fixture.log(spec.id)[2]!.log).toBe('core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero \n');
    await fixture.tasks.delete(spec.id);
  });

  it('cannot write to a read-only root, but to its tmpfs', async () => {
    const spec = fixture.spec(['sh', '-c', 'touch /x; touch /scratch/y && echo written'], {}, { ReadonlyRootfs: true });
    spec.mounts.push({ type: 'tmpfs', source: 'tmpfs', destination: '/scratch', options: ['noexec', 'nosuid', 'nodev', 'size=64k'] });
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    await fixture.tasks.wait(spec.id, null);
    expect(fixture.log(spec.id).map(({ log }) => log)).toEqual(['touch: /x: Read-only file system\n', 'written\n']);
    await fixture.tasks.delete(spec.id);
  });

  it('runs as the user and groups of its own files', async () => {
    const show = ['sh', '-c', 'echo $(id -u) $(id -g) $(id -G) $HOME'];
    const shown = async (user: string, groups: string[] = []) => (await fixture.run(show, { User: user }, { GroupAdd: groups })).stdout.trim();
    expect(await shown('web')).toBe('1000 1001 1001 50 /var/web');
    expect(await shown('4321')).toBe('4321 0 0 /');
    expect(await shown('web:staff')).toBe('1000 50 50 /var/web');
    expect(await shown('0:77', ['www'])).toBe('0 77 77 1001 /root');
  });

  it('resolves neither account files nor its working directory out of its root', async () => {
    const outside = join(fixture.directory, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'passwd'), 'spy:x:666:666::/:/bin/sh\n');
    rmSync(join(fixture.rootfs, 'etc/passwd'));
    symlinkSync(join(outside, 'passwd'), join(fixture.rootfs, 'etc/passwd'));
    symlinkSync(outside, join(fixture.rootfs, 'way-out'));
    try {
      await expect(fixture.run(['true'], { User: 'spy' })).rejects.toThrow('unable to find user spy');
      await fixture.run(['pwd'], { WorkingDir: '/way-out/made' }).catch(() => undefined);
      expect(existsSync(join(outside, 'made'))).toBe(false);
    } finally {
      rmSync(join(fixture.rootfs, 'etc/passwd'));
      rmSync(join(fixture.rootfs, 'way-out'));
      writeFileSync(join(fixture.rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    }
  });

  it('is killed when it takes more memory than it may, and says so', async () => {
    const result = await fixture.run(['sh', '-c', 'x=x; while true; do x=$x$x; done'], {}, { Memory: 16 * 1024 * 1024 });
    expect(result).toMatchObject({ exitCode: 137, oomKilled: true });
    expect(await fixture.run(['true'], {}, { Memory: 16 * 1024 * 1024 })).toMatchObject({ exitCode: 0, oomKilled: false });
  });

  it('has no more processes than it may', async () => {
    const { stderr } = await fixture.run(['sh', '-c', 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait'], {}, { PidsLimit: 4 });
    expect(stderr).toMatch(/can't fork|Resource temporarily unavailable/);
  });

  it('has the ulimits that it asked for, and a clear answer when it cannot', async () => {
    expect((await fixture.run(['sh', '-c', 'ulimit -Sn; ulimit -Hn'], {}, { Ulimits: [{ Name: 'nofile', Soft: 100, Hard: 200 }] })).stdout).toBe('100\n200\n');
    const hard = readHostFacts().hardLimits.get('memlock')!;
    if (hard === Infinity) return;
    await expect(fixture.run(['true'], {}, { Ulimits: [{ Name: 'memlock', Soft: -1, Hard: -1 }] })).rejects.toThrow(/cannot set ulimit memlock=-1:-1: this machine allows at most/);
  });

  it('does not let annotations of the user reach crun', async () => {
    const { stdout } = await fixture.run(status('Seccomp'), {}, { Annotations: { 'run.oci.seccomp_bpf_data': Buffer.alloc(8).toString('base64'), 'run.oci.handler': 'krun' } });
    expect(stdout).toBe('Seccomp:\t2\n');
  });

  it('that is privileged has devices and may mount', async () => {
    const { stdout, exitCode } = await fixture.run(['sh', '-c', 'mount -t tmpfs none /mnt 2>&1 || mkdir -p /tmp/m && mount -t tmpfs none /tmp/m; ls /dev | wc -l'], {}, { Privileged: true });
    expect(exitCode).toBe(0);
    expect(Number(stdout.trim().split('\n').at(-1))).toBeGreaterThan(15);
    expect((await runCommand('mount', [])).stdout).not.toContain('/tmp/m ');
  });
});
