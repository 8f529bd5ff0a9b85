import { describe, expect, it } from 'vitest';
import { chooseAccelerators, type AcceleratorProbe } from './accelerator.ts';

const intel = 'processor\t: 0\nflags\t\t: fpu vme vmx sse\n';
const probe = (changes: Partial<AcceleratorProbe> = {}): AcceleratorProbe => ({
  platform: 'linux',
  arch: 'x64',
  readCpuInfo: () => Promise.resolve(intel),
  kvmTrouble: () => Promise.resolve(null),
  ...changes,
});

describe('accelerator order', () => {
  it('is KVM, then emulation, where processor and /dev/kvm both agree', async () => {
    expect(await chooseAccelerators('auto', 'amd64', probe())).toEqual({ order: ['kvm', 'tcg'], reason: null });
    expect(await chooseAccelerators('auto', 'amd64', probe({ readCpuInfo: () => Promise.resolve('flags\t: fpu svm\n') }))).toMatchObject({ order: ['kvm', 'tcg'] });
  });

  it('does not believe a /dev/kvm that opens on a processor without vmx and svm', async () => {
    const choice = await chooseAccelerators('auto', 'amd64', probe({ readCpuInfo: () => Promise.resolve('flags\t: fpu vmxnot hypervisor\n') }));
    expect(choice.order).toEqual(['tcg']);
    expect(choice.reason).toContain('neither vmx nor svm');
  });

  it('says what keeps KVM away', async () => {
    expect(await chooseAccelerators('auto', 'amd64', probe({ kvmTrouble: () => Promise.resolve('there is no /dev/kvm') }))).toEqual({ order: ['tcg'], reason: 'no KVM: there is no /dev/kvm' });
  });

  it('follows the person who switched it off', async () => {
    expect(await chooseAccelerators('none', 'amd64', probe())).toMatchObject({ order: ['tcg'] });
  });

  it('emulates a guest of another architecture', async () => {
    expect(await chooseAccelerators('auto', 'arm64', probe())).toMatchObject({ order: ['tcg'] });
  });

  it('is HVF on macOS and WHPX on Windows', async () => {
    expect((await chooseAccelerators('auto', 'arm64', probe({ platform: 'darwin', arch: 'arm64' }))).order).toEqual(['hvf', 'tcg']);
    expect((await chooseAccelerators('auto', 'amd64', probe({ platform: 'win32' }))).order).toEqual(['whpx', 'tcg']);
  });
});
