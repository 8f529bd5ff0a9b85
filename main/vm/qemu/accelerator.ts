import { access, constants, readFile } from 'node:fs/promises';
import type { GuestArch, RealAccelerator } from '../driver.ts';

export interface AcceleratorProbe {
  platform: NodeJS.Platform;
  /** `process.arch` of this computer. */
  arch: string;
  readCpuInfo(): Promise<string>;
  /** Null when /dev/kvm can be opened for reading and writing, else why not. */
  kvmTrouble(): Promise<string | null>;
}

export interface AcceleratorChoice {
  /** Best first; the last one always works. */
  order: RealAccelerator[];
  /** Why a better one was left out, in words for the window; null when nothing was. */
  reason: string | null;
}

export const hostProbe: AcceleratorProbe = {
  platform: process.platform,
  arch: process.arch,
  readCpuInfo: () => readFile('/proc/cpuinfo', 'utf8'),
  kvmTrouble: () =>
    access('/dev/kvm', constants.R_OK | constants.W_OK).then(
      () => null,
      (error: NodeJS.ErrnoException) => (error.code === 'EACCES' ? 'this user may not open /dev/kvm (sudo usermod -aG kvm $USER, then log in again)' : 'there is no /dev/kvm'),
    ),
};

/**
 * Which accelerators to try, in order. A /dev/kvm that opens proves nothing: on machines whose CPU shows neither vmx nor svm
 * it opens, and stock kernels die under it after half a minute (design study, part "Accelerators"). So both are asked for,
 * and what comes first still has to reach user space in time: instance.ts relaunches with the next one otherwise.
 *
 * Linux was run (TCG; KVM where it exists). macOS and Windows follow QEMU's documentation and were never run.
 */
export async function chooseAccelerators(choice: 'auto' | 'none', guest: GuestArch, probe: AcceleratorProbe): Promise<AcceleratorChoice> {
  if (choice === 'none') return { order: ['tcg'], reason: 'acceleration is switched off' };
  const sameArch = (guest === 'amd64' && probe.arch === 'x64') || (guest === 'arm64' && probe.arch === 'arm64');
  if (!sameArch) return { order: ['tcg'], reason: `a ${guest} guest is emulated on a computer with another processor` };
  switch (probe.platform) {
    case 'darwin':
      return { order: ['hvf', 'tcg'], reason: null };
    case 'win32':
      return { order: ['whpx', 'tcg'], reason: null };
    case 'linux': {
      const trouble = (await missingCpuFeature(probe)) ?? (await probe.kvmTrouble());
      return trouble === null ? { order: ['kvm', 'tcg'], reason: null } : { order: ['tcg'], reason: `no KVM: ${trouble}` };
    }
    default:
      return { order: ['tcg'], reason: `no accelerator is known for ${probe.platform}` };
  }
}

async function missingCpuFeature(probe: AcceleratorProbe): Promise<string | null> {
  // arm64 lists no such flag: there /dev/kvm exists only where the kernel was booted at EL2.
  if (probe.arch !== 'x64') return null;
  const flags = /^flags\s*:(.*)$/m.exec(await probe.readCpuInfo().catch(() => ''))?.[1]?.split(/\s+/) ?? [];
  return flags.includes('vmx') || flags.includes('svm') ? null : 'the processor shows neither vmx nor svm (switched off in the firmware, or this is a VM itself)';
}
