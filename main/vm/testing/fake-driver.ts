import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Hypervisor, LaunchedVm, LaunchRequest, RealAccelerator, VmDriver, VmExit } from '../driver.ts';
import { FakeGuest, healthyEngine } from './fake-guest.ts';

/** One VM that a fake driver launched, with the strings that a test pulls. */
export interface FakeVm {
  accelerator: RealAccelerator;
  say(line: string): void;
  exit(exit: VmExit): void;
  diskFull(): void;
  /** What QEMU tells of the guest's end of the ports. */
  portsOpen(open: boolean): void;
  guest: FakeGuest;
  resumed: number;
}

export interface FakeDriverOptions {
  accelerators?: RealAccelerator[];
  /** What the VM does once it is launched; by default it boots and answers. */
  script?(vm: FakeVm): void;
  api?: RequestListener;
  launch?(request: LaunchRequest): Promise<void>;
  /** VMs can be kept, under this identity. */
  identity?(): string;
  /** What loading a state comes to. */
  load?(stateFile: string): Promise<void>;
  /** Containers that run, as the engine tells without an `api` of the test's own. */
  running?(): number;
  /** What making the disk larger comes to, before it is. */
  grow?(bytes: number): Promise<void>;
  /** What suspending comes to, before the state is written. */
  suspend?(signal: AbortSignal): Promise<void>;
}

export interface FakeDriver extends VmDriver {
  vms: FakeVm[];
  orphansEnded: number[];
}

export const bootsWell = (vm: FakeVm) => ['slipway: kernel', 'slipway: guest'].forEach((line) => vm.say(line));

/** A driver without hypervisor: console, exits and the guest's half of the channel are the test's to play. */
export function createFakeDriver({ accelerators = ['tcg'], script = bootsWell, api, launch, identity, load, grow, suspend, running }: FakeDriverOptions = {}): FakeDriver {
  const vms: FakeVm[] = [];
  const orphansEnded: number[] = [];
  const hypervisor: Hypervisor = {
    name: 'Fake 1.0',
    createDisk: (path) => writeFile(path, fakeQcow2()),
    growDisk: () => Promise.resolve(),
    snapshotIdentity: () => Promise.resolve(identity?.() ?? null),
    accelerators: () => Promise.resolve({ order: accelerators, reason: null }),
    launch: async (request) => {
      await launch?.(request);
      const console = new PassThrough();
      const exited = Promise.withResolvers<VmExit>();
      let onDiskFull: () => void = () => undefined;
      let onGuestPort: (open: boolean) => void = () => undefined;
      const vm: FakeVm = {
        accelerator: request.accelerator,
        say: (line) => void console.write(`${line}\n`),
        exit: (exit) => exited.resolve(exit),
        diskFull: () => onDiskFull(),
        portsOpen: (open) => onGuestPort(open),
        guest: await FakeGuest.listen(request.files.channelSockets, () => readFileSync(request.files.key), api ?? healthyEngine(() => exited.resolve({ code: 0, signal: null }), running)),
        resumed: 0,
      };
      vms.push(vm);
      void exited.promise.then(() => vm.guest.close());
      await request.started(process.pid);
      script(vm);
      return {
        pid: process.pid,
        console,
        complaints: () => ['a complaint of the hypervisor'],
        exited: exited.promise.then(async (exit) => {
          await vm.guest.close();
          return exit;
        }),
        channels: request.files.channelSockets,
        filePort: request.files.fileSocket,
        onGuestPort: (listener) => (onGuestPort = listener),
        onDiskFull: (listener) => (onDiskFull = listener),
        growDisk: async (bytes) => {
          await grow?.(bytes);
          await writeFile(request.files.dataDisk, fakeQcow2(bytes));
        },
        resume: () => Promise.resolve(void vm.resumed++),
        save: (stateFile) => writeFile(stateFile, `state of VM ${vms.indexOf(vm)}`),
        suspend: async (stateFile, signal) => {
          await suspend?.(signal);
          await writeFile(stateFile, `all of VM ${vms.indexOf(vm)}`);
        },
        load: async (beforeGoingOn) => {
          await load?.(request.state ?? 'none');
          await beforeGoingOn?.();
        },
        quit: () => Promise.resolve(exited.resolve({ code: 0, signal: null })),
        kill: () => exited.resolve({ code: null, signal: 'SIGKILL' }),
      } satisfies LaunchedVm;
    },
  };
  return { diskFormat: 'qcow2', vms, orphansEnded, locate: () => Promise.resolve(hypervisor), endOrphan: (pid) => Promise.resolve(void orphansEnded.push(pid)) };
}

/** The header of an empty qcow2 image, as `qemu-img create` writes it, and the start of its tables. */
export function fakeQcow2(bytes = 1024 ** 3): Buffer {
  const image = Buffer.alloc(256 * 1024);
  image.writeUInt32BE(0x514649fb, 0);
  image.writeUInt32BE(3, 4);
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(BigInt(bytes), 24);
  image.writeUInt32BE(2, 36);
  image.writeBigUInt64BE(196_608n, 40);
  image.writeBigUInt64BE(65_536n, 48);
  image.writeUInt32BE(104, 100);
  return image;
}

/** A folder that passes for a VM image. */
export async function writeFakeImage(folder: string, version = 'test', more: string[] = []): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files: Record<string, { sha256: string; size: number }> = {};
  for (const name of ['kernel', 'initrd.cpio', 'root.erofs', ...more]) {
    const content = `content of ${name}${version === 'test' ? '' : ` of ${version}`}`;
    files[name] = { sha256: createHash('sha256').update(content).digest('hex'), size: content.length };
    await writeFile(join(folder, name), content);
  }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ version, arch: 'amd64', files, packages: [], cmdline: { base: 'console=ttyS0', tcg: 'nokaslr' } }));
}
