import { bootDeadlines, type BootDeadlines } from './boot/boot-request.ts';
import type { VmDriver, VmSettings } from './driver.ts';
import { instanceFiles } from './home/instance-files.ts';
import { Instance } from './instance.ts';
import { PortForwarder } from './ports/port-forwarder.ts';
import { createQemuDriver } from './qemu/qemu-driver.ts';
import type { Vm, VmFolders } from './vm.ts';

export interface CreateVmOptions {
  /** SLIPWAY_HOME: made 0700 when missing; holds `data.qcow2` and `run/`. Absolute. */
  home: string;
  /** Folder with `kernel`, `initrd.cpio`, `root.erofs` and `manifest.json`: `vm-assets/out/<arch>` in a clone. */
  imageDirectory: string;
  /** Read at every start, so that a change holds from the next start on. */
  settings(): VmSettings;
  /** Builds or fetches the image anew, for `recover('rebuild-image')`. Absent: the step names the command to type. */
  rebuildImage?(): Promise<void>;
  /** Folders of this computer that containers may be given; absent: none. */
  folders?: VmFolders;
  /** One line of what the VM does, for the app's own log; never secret. */
  log?(line: string): void;
  /** Whether the VM is kept after its first start and restored at later ones, where the hypervisor can; true unless said. */
  snapshots?: boolean;
  /** QEMU unless said. */
  driver?: VmDriver;
  deadlines?: Partial<BootDeadlines>;
}

/**
 * The VM of this app, with the ports that its containers publish forwarded from this computer. Nothing runs until
 * `start()`; the owner calls `stop()` before the process ends. A process that is killed leaves no VM behind: see qemu-driver.ts.
 * For an engine that already listens on a unix socket take `createExternalEngine` of external-engine.ts.
 */
export function createVm(options: CreateVmOptions): Vm {
  const { log = () => undefined, driver = createQemuDriver() } = options;
  const instance = new Instance({
    files: instanceFiles(options.home, driver.diskFormat),
    imageDirectory: options.imageDirectory,
    settings: options.settings,
    driver,
    deadlines: { ...bootDeadlines, ...options.deadlines },
    snapshots: options.snapshots ?? true,
    rebuildImage: options.rebuildImage,
    folders: options.folders,
    log,
  });
  instance.onPortRequest(new PortForwarder({ openStream: (target) => instance.openStream(target), log }));
  return instance;
}
