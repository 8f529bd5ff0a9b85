import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hostAddress } from '../../host-socket/host-address.ts';
import { listenHostSocket } from '../../host-socket/host-socket.ts';
import type { BootDeadlines } from '../boot/boot-request.ts';
import { createVm } from '../create-vm.ts';
import type { VmDriver } from '../driver.ts';
import type { Vm, VmFolders } from '../vm.ts';

const builtImage = join(import.meta.dirname, '../../../vm-assets/out', process.arch === 'arm64' ? 'arm64' : 'amd64');
const run = promisify(execFile);

/** A real VM of a test, in a home of its own, behind the socket of the docker CLI, which wakes it. */
export interface ServedVm {
  home: string;
  vm: Vm;
  /** What the VM told the app's log. */
  lines: string[];
  /** Output of a docker command without the last line's end. @throws Error when it fails. */
  docker(...args: string[]): Promise<string>;
  /** As the VM's own, once no docker command runs any more: one that a condition gave up waiting for would wake it. */
  suspend(): Promise<void>;
  qemuPid(): number;
  /** Bytes of this computer's memory that the guest's memory has; what QEMU has beside it, translated code above all, is not the guest's to give back. */
  resident(): number;
  /** Bytes of this computer's memory that QEMU has in all. */
  held(): number;
  /** Bytes of this computer's disk that the data disk has. */
  allocated(): Promise<number>;
  /** Stops the VM and removes its home. */
  dispose(): Promise<void>;
}

/** @param smaps of QEMU: the mapping that is as large as the guest's memory is the guest's memory */
function guestResident(smaps: string, memoryMiB: number): number {
  const [, resident] = new RegExp(`^Size: +${memoryMiB * 1024} kB\\n(?:\\w+: .*\\n)*?Rss: +(\\d+) kB`, 'm').exec(smaps) ?? [];
  if (resident === undefined) throw new Error(`QEMU has no mapping of ${memoryMiB} MiB`);
  return Number(resident) * 1024;
}

/** Boots it cold and waits for the built-in image. @param options what the test wants otherwise than usual */
export async function bootServedVm(options: { folders?: VmFolders; driver?: VmDriver; hostAccess?(): boolean; imageDirectory?: string; deadlines?: Partial<BootDeadlines> } = {}): Promise<ServedVm> {
  const { folders, driver, hostAccess = () => false, imageDirectory = builtImage, deadlines } = options;
  if (!existsSync(join(imageDirectory, 'manifest.json'))) throw new Error(`There is no VM image in ${imageDirectory}: npm run vm:image`);
  const home = await mkdtemp(join(tmpdir(), 'slipway-served-'));
  const lines: string[] = [];
  const settings = { memoryMiB: 1024, cpus: 2, diskGiB: 8, acceleration: 'auto' as const };
  const vm = createVm({ home, imageDirectory, settings: () => ({ ...settings, hostAccess: hostAccess() }), snapshots: false, folders, log: (line) => lines.push(line), deadlines, ...(driver === undefined ? {} : { driver }) });
  const address = hostAddress(home);
  const socket = await listenHostSocket(address, async () => {
    await vm.wake();
    return vm.openStream({ kind: 'api' });
  });
  const running = new Set<Promise<unknown>>();
  const docker = async (...args: string[]) => {
    const command = run('docker', ['--host', address.dockerHost, ...args], { maxBuffer: 64 * 1024 ** 2 });
    running.add(command);
    try {
      return (await command).stdout.trim();
    } finally {
      running.delete(command);
    }
  };
  const qemuPid = () => (JSON.parse(readFileSync(join(home, 'run/lock'), 'utf8')) as { vm: { pid: number } }).vm.pid;
  await vm.start();
  // On a machine under load the channel may be lost and come back meanwhile.
  while ((await docker('images', '-q', 'slipway/hello').catch(() => '')) === '');
  return {
    ...{ home, vm, lines, docker, qemuPid },
    held: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${qemuPid()}/status`, 'utf8'))?.[1]) * 1024,
    resident: () => guestResident(readFileSync(`/proc/${qemuPid()}/smaps`, 'utf8'), settings.memoryMiB),
    allocated: async () => (await stat(join(home, 'data.qcow2'))).blocks * 512,
    async suspend() {
      await Promise.allSettled(running);
      await vm.suspend();
    },
    async dispose() {
      await socket.close();
      await vm.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
