import { readFile, stat } from 'node:fs/promises';
import type { VmIdentity } from '../driver.ts';
import type { HostSystem, QemuInstallation } from './installation.ts';

/**
 * See `Hypervisor.snapshotIdentity`. QEMU's program and version, its whole command line, and image; and this computer's processor
 * and kernel, because under KVM the guest has found out what they can. Null on other systems than Linux: on Windows migration is blocked, and macOS has
 * not been tried.
 * @param args the VM's arguments, without a file of memory
 */
export async function snapshotIdentity(qemu: QemuInstallation, host: HostSystem, { image, accelerator }: VmIdentity, args: string[]): Promise<string | null> {
  if (host.platform !== 'linux' || (accelerator !== 'tcg' && accelerator !== 'kvm')) return null;
  const [program, cpus, release] = await Promise.all([
    stat(qemu.system),
    readFile('/proc/cpuinfo', 'utf8'),
    readFile('/proc/sys/kernel/osrelease', 'utf8'),
  ]);
  const processor = cpus.split('\n').filter((line) => /^(model name|flags|microcode|Features|CPU part)\s*:/.test(line));
  return JSON.stringify([qemu.version, program.size, program.mtimeMs, args, image.digest, [...new Set(processor)], release.trim()]);
}
