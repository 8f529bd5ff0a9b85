import { VmStartError } from '../start-error.ts';

/** The failure of a disk that QEMU or the guest cannot use. */
export function dataDiskDamaged(path: string, what: string, phase: 'disk' | 'hypervisor' | 'guest', lastLines: string[] = []): VmStartError {
  return new VmStartError({
    code: 'data-disk-damaged',
    phase,
    message: `The data disk ${path} cannot be used: ${what}.`,
    steps: [
      { text: 'Check and repair the file, then try again.', command: `qemu-img check -r all ${path}`, action: 'retry' },
      { text: 'Or begin with an empty disk: images, containers and volumes are gone from Slipway; the old file is kept beside it.', action: 'reset-data-disk' },
    ],
    lastLines,
  });
}
