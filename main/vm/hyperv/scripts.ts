import { bridgeDefinition, channelService, servicesKey, serveChannels } from './channel-bridge.ts';
import { answered, indent, literal, scriptOf } from './powershell.ts';

/**
 * All that is asked of Hyper-V, as PowerShell: pure functions, held by golden files. Written after Microsoft's documentation of the Hyper-V module and never run on
 * Windows; the tests have a stand-in for PowerShell that records and answers.
 */

/** Windows' own switch with NAT and a DHCP server; its name is translated, its id is not. */
const defaultSwitch = 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444';
/** Well-known groups: administrators, and those who may use Hyper-V. */
const administrators = 'S-1-5-32-544';
const hypervAdministrators = 'S-1-5-32-578';

export interface HypervFacts {
  /** The Hyper-V module of PowerShell is there. */
  module: boolean;
  /** The service vmms runs. */
  service: boolean;
  /** The hypervisor runs below Windows. */
  hypervisor: boolean;
  /** This user may use it. */
  allowed: boolean;
  /** Windows knows the name of the guest channel: see channel-bridge.ts. */
  registered: boolean;
  /** Of Windows: `10.0.22631`. */
  version: string;
  /** Editions without Hyper-V, called Home: 98 to 101. Source: OperatingSystemSKU of Win32_OperatingSystem. */
  edition: number;
}

export function probeScript(): string {
  return scriptOf(`$os = Get-CimInstance Win32_OperatingSystem
$me = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
$groups = ${literal(administrators)}, ${literal(hypervAdministrators)} | ForEach-Object { New-Object Security.Principal.SecurityIdentifier $_ }
$service = Get-Service vmms -ErrorAction SilentlyContinue
Say @{
  module = [bool](Get-Command New-VM -Module Hyper-V -ErrorAction SilentlyContinue)
  service = ($null -ne $service -and $service.Status -eq 'Running')
  hypervisor = [bool](Get-CimInstance Win32_ComputerSystem).HypervisorPresent
  allowed = [bool]($groups | Where-Object { $me.IsInRole($_) })
  registered = (Test-Path -LiteralPath ${literal(`${servicesKey}\\${channelService}`)})
  version = $os.Version
  edition = [int]$os.OperatingSystemSKU
}`);
}

export function createDiskScript(path: string, bytes: number): string {
  return scriptOf(`New-VHD -Path ${literal(path)} -Dynamic -SizeBytes ${bytes} | Out-Null`);
}

export function growDiskScript(path: string, bytes: number): string {
  return scriptOf(`Resize-VHD -Path ${literal(path)} -SizeBytes ${bytes}`);
}

export function removeScript(name: string): string {
  return scriptOf(removal(name));
}

export interface HypervVm {
  name: string;
  memoryMiB: number;
  cpus: number;
  /** Where Hyper-V keeps what it knows of the VM. */
  folder: string;
  /** Of the image; never written to. */
  bootDisk: string;
  /** What this VM writes to its boot disk: gone with it. */
  bootChanges: string;
  dataDisk: string;
  /** Made by seed-disk.ts, and what Hyper-V makes of it. */
  seed: { vhd: string; vhdx: string };
  pipes: { console: string; channels: string[] };
}

/**
 * Makes the VM, starts it, says each of its states, and does what it is asked for until it is off. When its input ends, because whoever asked is gone, the VM is switched off.
 *
 * - Generation 2 without Secure Boot, whose serial port exists if it has a pipe when it starts.
 * - Memory is dynamic: what the guest does not need goes back.
 * - No checkpoints, no automatic start or stop: this VM is nobody's but the app's.
 */
export function runScriptOf(vm: HypervVm): string {
  const megabytes = `${vm.memoryMiB}MB`;
  const disks = [vm.bootChanges, vm.dataDisk, vm.seed.vhdx];
  return scriptOf(
    `${removal(vm.name)}
foreach ($old in ${literal(vm.bootChanges)}, ${literal(vm.seed.vhdx)}) { if (Test-Path -LiteralPath $old) { Remove-Item -LiteralPath $old -Force } }
New-VHD -Path ${literal(vm.bootChanges)} -ParentPath ${literal(vm.bootDisk)} -Differencing | Out-Null
Convert-VHD -Path ${literal(vm.seed.vhd)} -DestinationPath ${literal(vm.seed.vhdx)} -VHDType Fixed -DeleteSource
$switch = Get-VMSwitch -Id ${literal(defaultSwitch)}
$vm = New-VM -Name ${literal(vm.name)} -Generation 2 -NoVHD -MemoryStartupBytes ${megabytes} -Path ${literal(vm.folder)} -SwitchName $switch.Name
Set-VM -VM $vm -ProcessorCount ${vm.cpus} -DynamicMemory -MemoryMinimumBytes 512MB -MemoryMaximumBytes ${megabytes} -CheckpointType Disabled -AutomaticCheckpointsEnabled $false -AutomaticStartAction Nothing -AutomaticStopAction TurnOff
${disks.map((path, index) => `Add-VMHardDiskDrive -VM $vm -ControllerType SCSI -ControllerNumber 0 -ControllerLocation ${index} -Path ${literal(path)}`).join('\n')}
Set-VMFirmware -VM $vm -EnableSecureBoot Off -FirstBootDevice (Get-VMHardDiskDrive -VM $vm -ControllerLocation 0)
Set-VMComPort -VM $vm -Number 1 -Path ${literal(vm.pipes.console)}
${bridgeDefinition}
Start-VM -VM $vm
${serveChannels(vm.pipes.channels)}
$worker = Get-CimInstance -Namespace root\\virtualization\\v2 -ClassName Msvm_ComputerSystem -Filter "Name='$($vm.Id)'"
Say @{ started = [int]$worker.ProcessID }
$in = New-Object IO.StreamReader ([Console]::OpenStandardInput())
$line = $in.ReadLineAsync()
$state = ''
while ($true) {
  $now = [string](Get-VM -Id $vm.Id).State
  if ($now -ne $state) { $state = $now; Say @{ state = $state } }
  if ($state -eq 'Off') { break }
  if (-not $line.Wait(250)) { continue }
  if ($null -eq $line.Result) { break }
  $ask = ConvertFrom-Json $line.Result
${indent(
  answered(`switch ($ask.verb) {
  'grow' { Resize-VHD -Path ${literal(vm.dataDisk)} -SizeBytes $ask.bytes }
  'resume' { Resume-VM -VM $vm }
  'quit' { Stop-VM -VM $vm -TurnOff -Force }
}`),
)}
  $line = $in.ReadLineAsync()
}`,
    removal(vm.name),
  );
}

const removal = (name: string): string => `foreach ($old in @(Get-VM | Where-Object { $_.Name -eq ${literal(name)} })) {
  if ($old.State -ne 'Off') { Stop-VM -VM $old -TurnOff -Force }
  Remove-VM -VM $old -Force
}`;
