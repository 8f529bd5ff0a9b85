import { describe, expect, it } from 'vitest';
import type { VmFailure } from '../../../contract/vm-state.ts';
import { hypervFailure, missingPart } from './hyperv-failure.ts';
import { PowershellError } from './powershell.ts';
import type { HypervFacts } from './scripts.ts';

const facts: HypervFacts = { module: true, service: true, hypervisor: true, allowed: true, registered: true, version: '10.0.22631', edition: 48 };
const data = 'C:\\Users\\me\\.slipway\\data.vhdx';

describe('what Hyper-V lacks', () => {
  it('is nothing where all is there', () => expect(missingPart(facts)).toBeNull());
  it.each<[string, Partial<HypervFacts>, RegExp, string]>([
    ['this edition of Windows', { module: false, edition: 101 }, /This edition of Windows \(Home\) has no Hyper-V/, 'winget install --id SoftwareFreedomConservancy.QEMU'],
    ['to be switched on', { module: false, edition: 48 }, /not switched on/, 'Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All'],
    ['its hypervisor', { hypervisor: false }, /its hypervisor does not run/, 'bcdedit /set hypervisorlaunchtype auto'],
    ['its service', { service: false }, /vmms\) does not run/, 'Start-Service vmms'],
    ['this user among those who may', { allowed: false }, /This user may not use Hyper-V/, 'Add-LocalGroupMember -SID S-1-5-32-578 -Member "$env:USERDOMAIN\\$env:USERNAME"'],
    ['the name of its channel', { registered: false }, /does not know the sockets/, "New-Item -Force -Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization\\GuestCommunicationServices\\736c6970-facb-11e6-bd58-64006a7986d3' | New-ItemProperty -Name ElementName -Value Slipway"],
  ])('%s', (_what, changed, message, command) => {
    const { code, phase, message: told, steps } = missingPart({ ...facts, ...changed })!.failure;
    expect([code, phase, steps[0]?.command]).toEqual(['hyperv-missing', 'requirements', command]);
    expect(told).toMatch(message);
  });
});

it.each<[string, ConstructorParameters<typeof PowershellError>[0], Partial<VmFailure>, RegExp]>([
  ['the memory', { message: 'Nicht genügend Arbeitsspeicher. (0x8007000e)', id: 'Unspecified,Microsoft.HyperV.PowerShell.Commands.StartVM' }, { code: 'hyperv-failed' }, /could not get the memory/],
  ['the memory, by name', { message: 'Nicht genügend Arbeitsspeicher.', id: 'OutOfMemory,Microsoft.HyperV.PowerShell.Commands.StartVM' }, { code: 'hyperv-failed' }, /could not get the memory/],
  ['the right to do so', { message: 'You do not have the required permission.', id: 'AccessDenied,Microsoft.HyperV.PowerShell.Commands.NewVM' }, { code: 'hyperv-missing' }, /may not use Hyper-V/],
  ['the data disk, which another VM has', { message: `'slipway' failed to start.\r\nAttachment '${data}': in use (0x80070020).` }, { code: 'already-running' }, /Another VM is using the data disk .*data\.vhdx/],
  ['a data disk that is whole', { message: `Failed to open attachment '${data}': The file is corrupted (0xC03A001A).` }, { code: 'data-disk-damaged' }, /data\.vhdx cannot be used/],
  ['room on the disk', { message: 'There is not enough space on the disk.', code: '0x80070070' }, { code: 'disk-full' }, /is full/],
  ['its switch', { message: 'Hyper-V was unable to find a virtual switch', id: 'InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVMSwitch', category: 'ObjectNotFound' }, { code: 'hyperv-failed', steps: [expect.objectContaining({ command: 'Restart-Service hns' })] as VmFailure['steps'] }, /Default Switch is missing/],
  ['something that it has its own words for', { message: 'Something failed.\r\nAnd more.', id: 'Unspecified,X', code: '0x80131500' }, { code: 'hyperv-failed' }, /^Hyper-V did not start the VM: Something failed\. And more\.$/],
])('a VM that cannot get %s', (_what, error, failure, message) => {
  const { failure: found } = hypervFailure(new PowershellError(error), data, ['a line']);
  expect(found).toMatchObject(failure);
  expect(found.message).toMatch(message);
  expect(found.steps[0]?.text).toMatch(/\.$/);
});
