import type { LaunchedVm } from './driver.ts';

/** Ends a VM that nobody can talk to; what it wrote is in its files. */
export async function endVm(vm: LaunchedVm): Promise<void> {
  const forced = setTimeout(() => vm.kill(), 3000);
  await Promise.race([vm.quit(), vm.exited]);
  await vm.exited;
  clearTimeout(forced);
}
