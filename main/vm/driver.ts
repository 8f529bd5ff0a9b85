import type { VmAccelerator } from '../../contract/vm-state.ts';

/** What a person may choose of the VM. The same names as in `Settings` of the contract. */
export interface VmSettings {
  memoryMiB: number;
  cpus: number;
  diskGiB: number;
  /** `none`: software emulation, for machines whose virtualisation misbehaves. */
  acceleration: 'auto' | 'none';
}

export type GuestArch = 'amd64' | 'arm64';
export type RealAccelerator = Exclude<VmAccelerator, 'external'>;
