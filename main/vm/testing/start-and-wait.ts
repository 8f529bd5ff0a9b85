import { createVm } from '../create-vm.ts';

/** An app of its own process, to be killed by a test: starts the VM of `argv[2]` from the image in `argv[3]` and stays. */
const [home = '', imageDirectory = ''] = process.argv.slice(2);
const vm = createVm({ home, imageDirectory, settings: () => ({ memoryMiB: 512, cpus: 1, diskGiB: 1, acceleration: 'auto' }) });
vm.onState((state) => {
  if (state.status === 'starting' && state.phases.some(({ id, status }) => id === 'kernel' && status === 'running')) console.log('launched');
});
await vm.start();
