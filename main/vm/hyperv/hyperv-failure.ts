import { dataDiskDamaged } from '../home/disk-damaged.ts';
import { VmStartError } from '../start-error.ts';
import { channelService, servicesKey } from './channel-bridge.ts';
import { PowershellError } from './powershell.ts';
import type { HypervFacts } from './scripts.ts';

const homeEditions = { first: 98, last: 101 };
const orQemu = { text: 'Or run the VM with QEMU: install it and unset SLIPWAY_HYPERVISOR.', command: 'winget install --id SoftwareFreedomConservancy.QEMU' };

/** What of Hyper-V is missing here, and how to get it; null when all of it is there. */
export function missingPart(facts: HypervFacts): VmStartError | null {
  const refuse = (message: string, text: string, command?: string): VmStartError =>
    new VmStartError({ code: 'hyperv-missing', phase: 'requirements', message, steps: [{ text, ...(command === undefined ? {} : { command }), action: 'retry' }, orQemu] });
  if (!facts.module && facts.edition >= homeEditions.first && facts.edition <= homeEditions.last) {
    return new VmStartError({ code: 'hyperv-missing', phase: 'requirements', message: 'This edition of Windows (Home) has no Hyper-V.', steps: [{ ...orQemu, text: 'Run the VM with QEMU: install it and unset SLIPWAY_HYPERVISOR.' }] });
  }
  if (!facts.module) {
    return refuse('Hyper-V is not switched on in Windows.', 'Switch it on in a PowerShell that runs as administrator, restart the computer, then try again.', 'Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All');
  }
  if (!facts.hypervisor) {
    return refuse('Hyper-V is installed, but its hypervisor does not run.', 'Switch virtualisation on in the firmware of this computer, run this as administrator, restart it, then try again.', 'bcdedit /set hypervisorlaunchtype auto');
  }
  if (!facts.service) return refuse('The service of Hyper-V (vmms) does not run.', 'Start it in a PowerShell that runs as administrator, then try again.', 'Start-Service vmms');
  if (!facts.allowed) return notAllowed();
  if (facts.registered) return null;
  return refuse(
    'Windows does not know the sockets by which Slipway talks to a VM of Hyper-V.',
    'Make them known, once, in a PowerShell that runs as administrator, then try again.',
    `New-Item -Force -Path '${servicesKey}\\${channelService}' | New-ItemProperty -Name ElementName -Value Slipway`,
  );
}

function notAllowed(): VmStartError {
  return new VmStartError({
    code: 'hyperv-missing',
    phase: 'requirements',
    message: 'This user may not use Hyper-V.',
    steps: [
      { text: 'Let an administrator add the user to the group of those who may, sign out and in again, then try again.', command: 'Add-LocalGroupMember -SID S-1-5-32-578 -Member "$env:USERDOMAIN\\$env:USERNAME"', action: 'retry' },
      orQemu,
    ],
  });
}

export function noPowershell(error: unknown): VmStartError {
  return new VmStartError(
    { code: 'hyperv-missing', phase: 'requirements', message: `Hyper-V cannot be asked: powershell.exe does not run (${error instanceof Error ? error.message : String(error)}).`, steps: [{ text: 'Look whether Windows PowerShell is on the PATH of this user, then try again.', action: 'retry' }, orQemu] },
    { cause: error },
  );
}

export function noBootDisk(): VmStartError {
  return new VmStartError({
    code: 'image-missing',
    phase: 'requirements',
    message: 'This VM image has no disk that Hyper-V can boot (boot.vhdx).',
    steps: [
      { ...orQemu, text: 'Run the VM with QEMU: install it and unset SLIPWAY_HYPERVISOR.' },
      { text: 'Or make one on a Linux machine, which builds images.', command: 'npm run vm:image -- --hyperv' },
    ],
  });
}

/** `HRESULT_FROM_WIN32` of: not enough memory, no system resources, access denied, sharing violation, disk full. */
const codes = { memory: ['0x8007000E', '0x800705AA', '0x8007000F'], denied: ['0x80070005'], shared: ['0x80070020'], full: ['0x80070070', '0x80070027'] };
/** Facility of virtual disks: damaged, of another kind, without their parent. */
const diskFacility = '0xC03A';

/** Hyper-V's complaint, sorted by what a person can do about it. Its words are translated: the sorting goes by codes and names. */
export function hypervFailure(error: unknown, dataDisk: string, lastLines: string[]): VmStartError {
  const told = error instanceof PowershellError ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  const has = (...wanted: string[]): boolean => told !== null && (told.codes.some((code) => wanted.includes(code)) || wanted.some((name) => told.id.startsWith(`${name},`)));
  if (has(...codes.denied, 'AccessDenied') || told?.category === 'PermissionDenied') return notAllowed();
  if (has(...codes.shared)) {
    return new VmStartError({ code: 'already-running', phase: 'hypervisor', message: `Another VM is using the data disk ${dataDisk}.`, steps: [{ text: 'Turn the other VM off in Hyper-V Manager, then try again.', action: 'retry' }], lastLines }, { cause: error });
  }
  if (has(...codes.full)) {
    return new VmStartError({ code: 'disk-full', phase: 'hypervisor', message: `The disk that holds ${dataDisk} is full.`, steps: [{ text: 'Free some space on this disk, then try again.', action: 'retry' }], lastLines }, { cause: error });
  }
  if (told?.codes.some((code) => code.startsWith(diskFacility)) === true && told.message.includes(dataDisk)) return dataDiskDamaged(dataDisk, message, 'hypervisor', lastLines);
  const failure = { code: 'hyperv-failed', phase: 'hypervisor', lastLines } as const;
  if (has(...codes.memory, 'OutOfMemory')) {
    return new VmStartError({ ...failure, message: 'Hyper-V could not get the memory that the settings give to the VM.', steps: [{ text: 'Close other programs, or give the VM less memory in the settings, then try again.', action: 'retry' }] }, { cause: error });
  }
  if (told?.id.endsWith('.GetVMSwitch') === true) {
    return new VmStartError({ ...failure, message: "Hyper-V's Default Switch is missing, which gives the VM its network.", steps: [{ text: 'Restart the service that makes it in a PowerShell that runs as administrator, then try again.', command: 'Restart-Service hns', action: 'retry' }] }, { cause: error });
  }
  return new VmStartError({ ...failure, message: `Hyper-V did not start the VM: ${message.replace(/\.$/, '')}.`, steps: [{ text: 'Try again.', action: 'retry' }, orQemu] }, { cause: error });
}
