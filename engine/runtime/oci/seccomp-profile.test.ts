import { describe, expect, it } from 'vitest';
import { defaultCapabilities } from './capabilities.ts';
import { testFacts } from './fixture.ts';
import { defaultSeccompProfile } from './seccomp-default.ts';
import { expandSeccomp, type SeccompProfile } from './seccomp-profile.ts';

const allow = 'SCMP_ACT_ALLOW';
const expand = (syscalls: SeccompProfile['syscalls'], capabilities: string[] = [], facts = testFacts) =>
  expandSeccomp({ defaultAction: 'SCMP_ACT_ERRNO', syscalls }, capabilities, facts).syscalls.flatMap(({ names }) => names);

describe('expandSeccomp', () => {
  it('keeps rules whose conditions hold', () => {
    const rules = [
      { names: ['a'], action: allow, includes: { caps: ['CAP_X', 'CAP_Y'] } },
      { names: ['b'], action: allow, excludes: { caps: ['CAP_X', 'CAP_Z'] } },
      { names: ['c'], action: allow, includes: { arches: ['amd64', 'x32'] } },
      { names: ['d'], action: allow, excludes: { arches: ['amd64'] } },
      { names: ['e'], action: allow, includes: { minKernel: '6.12' } },
      { names: ['f'], action: allow, includes: { minKernel: '6.13' } },
      { names: ['g'], action: allow, excludes: { minKernel: '4.8' } },
      { name: 'h', action: allow },
    ];
    expect(expand(rules, ['CAP_X', 'CAP_Y'])).toEqual(['a', 'c', 'e', 'h']);
    expect(expand(rules, ['CAP_Y'], { ...testFacts, architecture: 'arm64', kernel: { major: 4, minor: 7 } })).toEqual(['b', 'd', 'g', 'h']);
  });

  it('takes the architectures of this machine', () => {
    const profile = { defaultAction: allow, archMap: [{ architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] }], syscalls: [] };
    expect(expandSeccomp(profile, [], { ...testFacts, architecture: 'arm64' }).architectures).toEqual(['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']);
    expect(expandSeccomp(profile, [], testFacts).architectures).toBeUndefined();
    expect(() => expandSeccomp({ ...profile, architectures: ['SCMP_ARCH_X86'] }, [], testFacts)).toThrow(/use either 'architectures' or 'archMap'/);
  });

  it('refuses what moby refuses', () => {
    expect(() => expand([{ name: 'a', names: ['b'], action: allow }])).toThrow(/both 'name' and 'names'/);
    expect(() => expand([{ names: ['a'], action: allow, includes: { minKernel: 'new' } }])).toThrow(/invalid kernel version/);
  });
});

describe('the default profile', () => {
  const allowedWith = (...extra: string[]) => {
    const { syscalls } = expandSeccomp(defaultSeccompProfile, [...defaultCapabilities, ...extra], testFacts);
    return syscalls.filter(({ action }) => action === allow).flatMap(({ names }) => names);
  };

  it('names no system call twice without conditions', () => {
    const names = defaultSeccompProfile.syscalls![0]!.names!;
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives calls with the capabilities that guard them', () => {
    expect(allowedWith()).not.toContain('mount');
    expect(allowedWith('CAP_SYS_ADMIN')).toEqual(expect.arrayContaining(['mount', 'clone3', 'setns']));
    expect(allowedWith('CAP_SYS_TIME')).toContain('settimeofday');
    expect(allowedWith()).toContain('chroot');
  });

  it('sends clone3 back to clone, where flags can be looked at', () => {
    const { syscalls } = expandSeccomp(defaultSeccompProfile, defaultCapabilities, testFacts);
    expect(syscalls).toContainEqual({ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 });
    expect(syscalls).toContainEqual({ names: ['clone'], action: allow, args: [{ index: 0, value: 0x7e020000, op: 'SCMP_CMP_MASKED_EQ' }] });
  });

  it('opens no sockets to the hypervisor or the kernel’s crypto', () => {
    const { syscalls } = expandSeccomp(defaultSeccompProfile, defaultCapabilities, testFacts);
    const families = syscalls.filter(({ names }) => names[0] === 'socket').map(({ args }) => args![0]!);
    for (const family of [38, 40]) expect(families.some(({ value, op }) => (op === 'SCMP_CMP_LT' ? family < value : family === value))).toBe(false);
  });
});
