import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Hypervisor, LaunchedVm, LaunchRequest, VmDriver, VmExit } from '../driver.ts';
import { writeSeedDisk } from '../hyperv/seed-disk.ts';

const run = promisify(execFile);

/** UEFI firmware for QEMU: Debian's package `ovmf`, or SLIPWAY_OVMF names the file. undefined where there is none. */
export const uefiFirmware = [process.env.SLIPWAY_OVMF, '/usr/share/OVMF/OVMF_CODE.fd'].find((path) => path !== undefined && existsSync(path));

/**
 * A VM as Hyper-V makes it, as far as QEMU can: firmware that boots the image's `boot.vhdx`, whose changes are kept aside; data and seed disk beside it on one SCSI
 * controller; an address by DHCP. In the place of Hyper-V's sockets, which QEMU has not, the guest takes virtio-serial ports.
 */
export function createUefiDriver(): VmDriver {
  const notHere = (): Promise<never> => Promise.reject(new Error('not in this driver of tests'));
  return {
    diskFormat: 'vhdx',
    endOrphan: () => Promise.resolve(),
    locate: () =>
      Promise.resolve({
        name: 'QEMU with UEFI',
        createDisk: async (path, bytes) => void (await run('qemu-img', ['create', '-q', '-f', 'vhdx', path, String(bytes)])),
        growDisk: notHere,
        snapshotIdentity: () => Promise.resolve(null),
        accelerators: () => Promise.resolve({ order: ['tcg'], reason: null }),
        launch: async (request) => {
          const child = await start(request);
          const complaints: string[] = [];
          child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
          const exited = once(child, 'close').then(([code, signal]): VmExit => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }));
          return {
            ...{ pid: child.pid!, console: child.stdout, exited },
            complaints: () => complaints,
            channels: request.files.channelSockets,
            onGuestPort: () => undefined,
            onDiskFull: () => undefined,
            ...{ growDisk: notHere, resume: notHere, save: notHere, suspend: notHere, load: notHere },
            quit: () => Promise.resolve(void child.kill('SIGTERM')),
            kill: () => void child.kill('SIGKILL'),
          } satisfies LaunchedVm;
        },
      } satisfies Hypervisor),
  };
}

async function start({ files, image, settings, started }: LaunchRequest) {
  if (image.bootDisk === undefined || uefiFirmware === undefined) throw new Error('an image with a boot disk and UEFI firmware are needed');
  const seed = join(files.run, 'seed.vhd');
  await writeSeedDisk(seed, await readFile(files.key), await readFile(files.order, 'latin1'));
  const disk = (unit: number, options: string) => ['-drive', `id=disk${unit},if=none,${options}`, '-device', `scsi-hd,drive=disk${unit},bus=scsi.0,scsi-id=0,lun=${unit}`];
  const args = [
    ...['-M', 'q35,usb=off,smbus=off,vmport=off', '-cpu', 'max,-erms,-fsrm', '-accel', 'tcg,thread=multi', '-m', String(settings.memoryMiB), '-smp', String(settings.cpus)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${uefiFirmware}`, '-device', 'virtio-scsi-pci,id=scsi'],
    ...disk(0, `file=${image.bootDisk},format=vhdx,snapshot=on`),
    ...disk(1, `file=${files.dataDisk},format=vhdx`),
    ...disk(2, `file=${seed},format=vpc,readonly=on`),
    ...['-netdev', 'user,id=network,ipv6=off', '-device', 'virtio-net-pci,netdev=network', '-device', 'virtio-serial-pci'],
    ...files.channelSockets.flatMap((path, index) => ['-chardev', `socket,id=port${index},path=${path},server=on,wait=off`, '-device', `virtserialport,chardev=port${index},name=slipway.${index}`]),
  ];
  for (const path of files.channelSockets) await rm(path, { force: true });
  const child = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child, 'spawn');
  await started(child.pid!);
  return child;
}
