import type { GuestArch, RealAccelerator, VmMemory } from '../driver.ts';
import type { VmImage } from '../image/image.ts';

/** What QEMU calls the data disk. */
export const dataNode = 'data';

export interface QemuInstance {
  platform: NodeJS.Platform;
  image: VmImage;
  accelerator: Exclude<RealAccelerator, 'hyperv'>;
  memoryMiB: number;
  cpus: number;
  dataDisk: string;
  keyFile: string;
  orderFile: string;
  memory?: VmMemory;
  /** Unix sockets that QEMU listens on; on Windows names of pipes below `\\.\pipe\`. */
  qmp: string;
  /** `slipway.0` and so on; the last one is for files. */
  channels: string[];
  guard: { outgoing: string; allowed: string };
}

/**
 * The exact arguments of `qemu-system-*` for one instance; a pure function, held by golden files.
 *
 * Run for real: Linux with TCG. Written after QEMU's documentation and never run here: KVM (the test machines have none),
 * macOS with HVF, Windows with WHPX.
 *
 * - No listener on the network at all: the guest's way out is slirp, its way in the virtio ports on unix sockets.
 * - What the guest sends goes through the app before slirp gets it (`queue=rx`: what the netdev receives); see network-guard.
 * - Nothing secret: the key goes by the name of its 0600 file.
 * - The serial console is stdout, so that no line is lost before somebody connects.
 * - `-no-reboot`: a guest that panics ends the process, which is how we hear of it.
 */
export function qemuArguments(instance: QemuInstance): string[] {
  const { image, platform } = instance;
  return [
    ...machine(image.arch, instance),
    '-m',
    String(instance.memoryMiB),
    ...memoryOptions(instance),
    '-smp',
    String(instance.cpus),
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-no-reboot',
    ...(platform === 'linux' ? ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny'] : []),
    '-kernel',
    image.kernel,
    '-initrd',
    image.initrd,
    '-append',
    instance.accelerator === 'tcg' ? `${image.commandLine.base} ${image.commandLine.tcg}` : image.commandLine.base,
    '-chardev',
    'stdio,id=console,signal=off',
    '-serial',
    'chardev:console',
    '-chardev',
    `${listener(platform, 'qmp', instance.qmp)}`,
    '-mon',
    'chardev=qmp,mode=control',
    '-blockdev',
    `driver=raw,node-name=root,read-only=on,file.driver=file,file.filename=${escapeCommas(image.root)}`,
    '-device',
    'virtio-blk-pci,drive=root',
    '-blockdev',
    `driver=qcow2,node-name=${dataNode},discard=unmap,detect-zeroes=unmap,file.driver=file,file.discard=unmap,file.filename=${escapeCommas(instance.dataDisk)}`,
    '-device',
    `virtio-blk-pci,drive=${dataNode},serial=slipway-data,discard=on,werror=stop,rerror=report`,
    '-netdev',
    'user,id=net0,ipv6=off',
    '-chardev',
    listener(platform, 'net-outgoing', instance.guard.outgoing),
    '-chardev',
    listener(platform, 'net-allowed', instance.guard.allowed),
    '-object',
    'filter-redirector,id=guard,netdev=net0,queue=rx,outdev=net-outgoing,indev=net-allowed',
    '-device',
    'virtio-net-pci,netdev=net0',
    '-device',
    'virtio-serial-pci',
    ...instance.channels.flatMap((channel, index) => [
      '-chardev',
      listener(platform, `channel${index}`, channel),
      '-device',
      `virtserialport,chardev=channel${index},id=channel${index},name=slipway.${index}`,
    ]),
    '-device',
    'virtio-balloon-pci,free-page-reporting=on,deflate-on-oom=on',
    '-device',
    'virtio-rng-pci',
    '-fw_cfg',
    `name=opt/slipway/key,file=${escapeCommas(instance.keyFile)}`,
    '-fw_cfg',
    `name=opt/slipway/start,file=${escapeCommas(instance.orderFile)}`,
  ];
}

/** The memory has the same name however it began, because a state that holds memory goes by names. */
function memoryOptions({ memory, memoryMiB, platform }: QemuInstance): string[] {
  // Where no VM is ever saved QEMU keeps its own way.
  if (memory === undefined && platform !== 'linux') return [];
  const size = `id=ram,size=${memoryMiB}M`;
  const backend = memory === undefined || memory === 'from-state' ? `memory-backend-ram,${size}` : `memory-backend-file,${size},mem-path=${escapeCommas(memory.file)},share=${memory.shared ? 'on' : 'off'}`;
  const waits = memory === 'from-state' || memory?.shared === false;
  return ['-object', backend, '-machine', 'memory-backend=ram', ...(waits ? ['-incoming', 'defer'] : [])];
}

function machine(arch: GuestArch, { accelerator, platform }: QemuInstance): string[] {
  const accel = accelerator === 'tcg' ? 'tcg,thread=multi' : accelerator === 'whpx' ? 'whpx,kernel-irqchip=off' : accelerator;
  if (arch === 'arm64') {
    const gic = { tcg: ',gic-version=3', kvm: ',gic-version=host', hvf: '', whpx: '' }[accelerator];
    // Pointer authentication by the architected algorithm costs an emulated guest a third of its time.
    return ['-M', `virt${gic}`, '-accel', accel, '-cpu', accelerator === 'tcg' ? 'max,pauth-impdef=on' : 'host'];
  }
  // Without the devices that a container VM never uses the firmware and the kernel have less to look for: 1.3 s instead of 3.2 s
  // to the first user-space line. qboot does only what a direct kernel boot needs.
  const slim = 'q35,usb=off,sata=off,smbus=off,vmport=off,smm=off';
  return ['-M', slim, '-bios', 'qboot.rom', '-accel', accel, '-cpu', cpuModel(accelerator, platform)];
}

/**
 * Where a processor shows them, kernel and C library take `rep movsb` and `rep stosb` for the fastest way to copy and to clear. TCG carries those out byte by byte:
 * 1.6 to 2.0 s for a gigabyte, against 0.3 s without them.
 */
const slowUnderEmulation = ['erms', 'fsrm'];

function cpuModel(accelerator: QemuInstance['accelerator'], platform: NodeJS.Platform): string {
  if (accelerator === 'tcg') return `max,${slowUnderEmulation.map((name) => `-${name}`).join(',')}`;
  // WHPX refuses `host` and `max`.
  return platform === 'win32' ? 'Broadwell-noTSX' : 'host';
}

function listener(platform: NodeJS.Platform, id: string, path: string): string {
  return platform === 'win32' ? `pipe,id=${id},path=${escapeCommas(path)}` : `socket,id=${id},path=${escapeCommas(path)},server=on,wait=off`;
}

/** QEMU splits its options at commas; a doubled one stands for itself. */
function escapeCommas(path: string): string {
  return path.replaceAll(',', ',,');
}
