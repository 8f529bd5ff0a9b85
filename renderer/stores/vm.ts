import { create } from 'zustand';
import type { InfoResponse } from '../../contract/engine-api/system.ts';
import type { VmFailureStep, VmState } from '../../contract/vm-state.ts';
import { asFailure, request, type IpcFailure } from '../api.ts';

export interface VmStore {
  /** Undefined until `main` has told it for the first time. */
  vm: VmState | undefined;
  info: InfoResponse | undefined;
  /** An order that could not even be given (the way there is told by the state itself). */
  failure: IpcFailure | undefined;
  /** True once lists were shown in this window: from then on trouble is told above them, not instead of them. */
  hasEntered: boolean;
  /** A start was seen in this window, so its arrival is shown before the lists come. */
  sawStart: boolean;
}

export const useVm = create<VmStore>(() => ({ vm: undefined, info: undefined, failure: undefined, hasEntered: false, sawStart: false }));

export function setVm(vm: VmState): void {
  useVm.setState((before) => ({
    vm,
    failure: undefined,
    hasEntered: before.hasEntered && !['stopped', 'starting', 'suspended', 'resuming'].includes(vm.status),
    sawStart: vm.status === 'starting' || vm.status === 'resuming' || (before.sawStart && vm.status === 'running'),
  }));
}

export function enterWindow(): void {
  useVm.setState({ hasEntered: true, sawStart: false });
}

async function order(give: () => Promise<undefined>): Promise<void> {
  try {
    useVm.setState({ failure: undefined });
    await give();
  } catch (error) {
    useVm.setState({ failure: asFailure(error) });
  }
}

export const startVm = (acceleration?: 'auto' | 'none'): Promise<void> => order(() => request('vm/start', acceleration === undefined ? {} : { acceleration }));
export const suspendVm = (): Promise<void> => order(() => request('vm/suspend'));
export const stopVm = (): Promise<void> => order(() => request('vm/stop'));

/** Does what a failure's step offers. */
export function takeStep(action: NonNullable<VmFailureStep['action']>): Promise<void> {
  switch (action) {
    case 'retry':
      return startVm();
    case 'restart-without-acceleration':
      return startVm('none');
    case 'rebuild-image':
    case 'reset-data-disk':
      return order(() => request('vm/recover', { action }));
  }
}

export async function readEngineInfo(): Promise<void> {
  try {
    useVm.setState({ info: await request('engine/info') });
  } catch {
    // The foot then shows the state without figures; the lists tell the trouble in words.
  }
}

/** Back to the page of the failure, away from the lists that it stopped. */
export function leaveWindow(): void {
  useVm.setState({ hasEntered: false });
}
