import type { VmSettings } from './driver.ts';
import type { Vm } from './vm.ts';

export interface CreateVmOptions {
  /** SLIPWAY_HOME: made 0700 when missing; holds `data.qcow2` and `run/`. Absolute. */
  home: string;
  /** Folder with `kernel`, `initrd.cpio`, `root.erofs` and `manifest.json`: `vm-assets/out/<arch>` in a clone. */
  imageDirectory: string;
  /** Read at every start, so that a change holds from the next start on. */
  settings(): VmSettings;
  /** Builds or fetches the image anew, for `recover('rebuild-image')`. Absent: the step names the command to type. */
  rebuildImage?(): Promise<void>;
  /** One line of what the VM does, for the app's own log; never secret. */
  log?(line: string): void;
}

/**
 * The VM of this app. Nothing runs until `start()`; the owner calls `stop()` before the process ends.
 * For an engine that already listens on a unix socket take `createExternalEngine` of `external-engine.ts`.
 */
export function createVm(options: CreateVmOptions): Vm {
  throw new Error(`not implemented for ${options.home}`);
}
