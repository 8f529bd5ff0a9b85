import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testContext, testFacts, testTask } from './fixture.ts';
import type { OciConfig } from './oci-config.ts';
import { serializeOci } from './oci-config.ts';
import { ociSpec } from './oci-spec.ts';
import { changedResources } from './resources.ts';

/** As dockerd 20.10.24 wrote it for the same container; paths shortened, hooks left out. */
const dockerd = JSON.parse(readFileSync(new URL('testdata/dockerd-20.10.json', import.meta.url), 'utf8')) as OciConfig;
const spec = (config = {}, hostConfig = {}, context = {}) => ociSpec(testTask(config, hostConfig), { ...testContext, ...context });

describe('ociSpec beside dockerd', () => {
  const ours = spec({}, {}, { facts: { ...testFacts, cgroupVersion: 1, thermalPaths: [] } });

  it('has the same process, but for HOME, which runc adds later', () => {
    expect({ ...ours.process, env: ours.process.env.filter((entry) => !entry.startsWith('HOME=')) }).toEqual(dockerd.process);
    expect(ours.process.env).toContain('HOME=/root');
  });

  it('has the same root, host name and mounts', () => {
    expect([ours.root, ours.hostname, ours.mounts]).toEqual([dockerd.root, dockerd.hostname, dockerd.mounts]);
  });

  it('has the same sysctls, devices, read-only paths, and namespaces', () => {
    expect(ours.linux.sysctl).toEqual(dockerd.linux.sysctl);
    expect(ours.linux.resources.devices).toEqual(dockerd.linux.resources.devices);
    expect(ours.linux.readonlyPaths).toEqual(dockerd.linux.readonlyPaths);
    expect(ours.linux.namespaces.map(({ type }) => type).sort()).toEqual(dockerd.linux.namespaces.map(({ type }) => type).sort());
  });

  it('hides what it hides, and what newer ones do', () => {
    const added = ours.linux.maskedPaths!.filter((path) => !dockerd.linux.maskedPaths!.includes(path));
    expect(added).toEqual(['/proc/interrupts', '/sys/devices/virtual/powercap']);
    expect(ours.linux.maskedPaths).toEqual(expect.arrayContaining(dockerd.linux.maskedPaths!));
  });

  it('allows the same system calls, but for what newer ones changed', () => {
    const allowed = (config: OciConfig) => new Set(config.linux.seccomp!.syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW').flatMap(({ names }) => names));
    const [mine, theirs] = [allowed(ours), allowed(dockerd)];
    expect([...theirs].filter((name) => !mine.has(name)).sort()).toEqual(['io_uring_enter', 'io_uring_register', 'io_uring_setup']);
    expect([...mine].filter((name) => !theirs.has(name)).sort()).toEqual([
      'cachestat', 'fchmodat2', 'futex_requeue', 'futex_wait', 'futex_wake', 'getxattrat', 'listmount', 'listxattrat', 'map_shadow_stack', 'mseal',
      'name_to_handle_at', 'pkey_alloc', 'pkey_free', 'pkey_mprotect', 'process_vm_readv', 'process_vm_writev', 'removexattrat', 'riscv_hwprobe',
      'setxattrat', 'statmount', 'uretprobe',
    ]); // prettier-ignore
    for (const name of ['mount', 'unshare', 'setns', 'bpf', 'keyctl', 'pivot_root', 'reboot', 'init_module', 'kexec_load', 'ptrace_x']) expect(mine).not.toContain(name);
  });
});

describe('ociSpec', () => {
  it('is as the golden file for a container with everything', () => {
    const everything = spec(
      { Tty: true, User: 'web', WorkingDir: '/srv', Entrypoint: ['/entry'], Domainname: 'example.org', Env: ['A=1', 'TERM'] },
      {
        ReadonlyRootfs: true, Init: true, ShmSize: 1024, CapAdd: ['SYS_ADMIN'], CapDrop: ['NET_RAW'], SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'],
        Memory: 64 << 20, MemoryReservation: 32 << 20, NanoCpus: 1.5e9, CpuShares: 512, CpusetCpus: '0-1', CpusetMems: '0', PidsLimit: 100, BlkioWeight: 300,
        OomScoreAdj: 500, Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 2048 }, { Name: 'core', Soft: -1, Hard: -1 }], Sysctls: { 'net.core.somaxconn': '1024' },
        ConsoleSize: [40, 120], IpcMode: 'container:abc', BlkioDeviceReadBps: [{ Path: '/dev/zero', Rate: 1024 }],
        BlkioWeightDevice: [{ Path: '/dev/null', Weight: 100 }], CgroupParent: 'teams/red', Annotations: { 'run.oci.handler': 'krun' },
      },
      { user: { uid: 1000, gid: 1001, additionalGids: [1001, 50], home: '/var/web' } },
    ); // prettier-ignore
    return expect(`${JSON.stringify(JSON.parse(serializeOci(everything)), null, 2)}\n`).toMatchFileSnapshot('testdata/everything.golden.json');
  });

  it('writes unlimited as the kernel’s number', () => {
    const text = serializeOci(spec({}, { Ulimits: [{ Name: 'core', Soft: -1, Hard: -1 }] }));
    expect(text).toContain('{"type":"RLIMIT_CORE","soft":18446744073709551615,"hard":18446744073709551615}');
  });

  it('gives a privileged container all, and hides nothing from it', () => {
    const { process, linux, mounts } = spec({}, { Privileged: true });
    expect(process.capabilities!.effective).toEqual(testFacts.capabilities);
    expect([linux.seccomp, linux.maskedPaths, linux.readonlyPaths]).toEqual([undefined, [], []]);
    expect(linux.resources.devices).toEqual([{ allow: true, access: 'rwm' }]);
    expect(mounts.find(({ destination }) => destination === '/sys')!.options).toContain('rw');
    expect(linux.namespaces).not.toContainEqual({ type: 'cgroup' });
  });

  it('shares the host’s namespaces, and sets no sysctls there', () => {
    const shared = ociSpec({ ...testTask({}, { PidMode: 'host', IpcMode: 'host', UTSMode: 'host', CgroupnsMode: 'host' }), netns: null }, testContext);
    expect(shared.linux.namespaces).toEqual([{ type: 'mount' }]);
    expect([shared.linux.sysctl, shared.hostname]).toEqual([undefined, undefined]);
    expect(shared.mounts.find(({ destination }) => destination === '/dev/shm')).toMatchObject({ type: 'bind', source: '/dev/shm' });
  });

  it('lets the user’s mounts take the place of its own', () => {
    const task = testTask();
    task.mounts.push({ type: 'bind', source: '/big', destination: '/dev/shm', options: ['rbind'] });
    const { mounts } = ociSpec(task, testContext);
    expect(mounts.filter(({ destination }) => destination === '/dev/shm')).toEqual([expect.objectContaining({ source: '/big' })]);
    task.mounts.push({ type: 'bind', source: '/devices', destination: '/dev/', options: ['rbind'] });
    expect(ociSpec(task, testContext).mounts.filter(({ destination }) => destination.startsWith('/dev')).map(({ source }) => source)).toEqual(['/big', '/devices']);
  });

  it('has no init where another is first among the processes, and no /dev/shm without IPC', () => {
    const { process, mounts } = spec({}, { Init: true, PidMode: 'container:abc', IpcMode: 'none' });
    expect(process.args).toEqual(['sleep', '1000']);
    expect(mounts.map(({ destination }) => destination)).not.toContain('/dev/shm');
  });

  it('does not hand annotations on', () => {
    expect(spec({}, { Annotations: { 'run.oci.handler': 'krun', 'org.example': 'x' } }).annotations).toBeUndefined();
  });

  it('changes of limits name what changes alone', () => {
    expect(changedResources({ Memory: 64 << 20 }, testFacts)).toEqual({ memory: { limit: 64 << 20 } });
    expect(changedResources({ MemorySwap: -1, PidsLimit: 0, CpuShares: 5 }, testFacts)).toEqual({ memory: { swap: -1 }, cpu: { shares: 5 } });
    expect(changedResources({ CpuQuota: -1 }, testFacts)).toEqual({});
  });

  it('sets only limits that the machine can keep', () => {
    const facts = { ...testFacts, controllers: new Set<string>(['memory']), swapLimit: false };
    const { resources } = spec({}, { Memory: 1 << 20, PidsLimit: 5, CpuShares: 2, BlkioWeight: 10, CpusetCpus: '0' }, { facts }).linux;
    expect({ ...resources, devices: [] }).toEqual({ devices: [], memory: { limit: 1 << 20 } });
  });

  it.each([
    [{ Cmd: [] }, {}, 'no command specified'],
    [{ WorkingDir: 'relative' }, {}, /needs to be an absolute path/],
    [{}, { CapAdd: ['FLY'] }, 'invalid CapAdd: unknown capability: "CAP_FLY"'],
    [{}, { Ulimits: [{ Name: 'naps', Soft: 1, Hard: 1 }] }, 'invalid ulimit type: naps'],
    [{}, { Ulimits: [{ Name: 'nofile', Soft: 9, Hard: 1 }] }, /soft limit must be less than or equal to hard limit: 9 > 1/],
    [{}, { SecurityOpt: ['sharks'] }, /invalid --security-opt 1: "sharks"/],
    [{}, { SecurityOpt: ['seccomp={'] }, /Decoding seccomp profile failed/],
    [{}, { SecurityOpt: ['seccomp={"defaultAction":1}'] }, /Decoding seccomp profile failed/],
    [{}, { CgroupParent: '/a/../..' }, /invalid cgroup parent/],
    [{}, { Sysctls: { 'vm.swappiness': '1' } }, "sysctl 'vm.swappiness' is not in a separate kernel namespace"],
    [{}, { Sysctls: { 'kernel/hostname': 'x' } }, /conflicts with the container's own host name/],
    [{}, { IpcMode: 'host', Sysctls: { 'kernel.shmmax': '1' } }, "sysctl 'kernel.shmmax' is not allowed in the hosts ipc namespace"],
    [{}, { UTSMode: 'host', Sysctls: { 'kernel.domainname': 'x' } }, "sysctl 'kernel.domainname' is not allowed in the hosts UTS namespace"],
    [{}, { DeviceRequests: [{ Count: -1, Capabilities: [['gpu', 'compute']] }] }, 'could not select device driver "" with capabilities: [[gpu compute]]'],
    [{}, { BlkioDeviceReadBps: [{ Path: '/nope', Rate: 1 }] }, 'stat /nope: no such file or directory'],
  ])('refuses %j %j', (config, hostConfig, message) => {
    expect(() => spec(config, hostConfig)).toThrow(message);
  });

  it('refuses network sysctls where the network is the host’s', () => {
    expect(() => ociSpec({ ...testTask({}, { Sysctls: { 'net.core.somaxconn': '1' } }), netns: null }, testContext)).toThrow(/not allowed in host network namespace/);
  });
});
