import type { VmFailureCode, VmPhaseId } from '../../../contract/vm-state.ts';

export const text = {
  title: 'Launching the engine',
  lead: 'A small Linux starts in a virtual machine. Your containers run in it.',
  ready: 'The engine is running',
  phaseOf: (current: number, all: number) => `Phase ${current} of ${all}`,
  phases: {
    requirements: { name: 'Checks', doing: 'Looking for QEMU, the disk and the image…', waiting: 'QEMU, the disk and the image', done: 'Everything is here' },
    disk: { name: 'Disk', doing: 'Opening the data disk…', waiting: 'Images, containers and volumes are kept on it', done: 'Data disk is open' },
    hypervisor: { name: 'QEMU', doing: 'Starting the virtual machine…', waiting: 'Makes the virtual machine', done: 'Virtual machine runs' },
    kernel: { name: 'Kernel', doing: 'Booting Linux…', waiting: 'Linux for the containers', done: 'Linux booted' },
    guest: { name: 'Root', doing: 'Mounting the disk image…', waiting: 'The engine’s own files, read-only', done: 'Disk image mounted' },
    engine: { name: 'Engine', doing: 'Waiting for its first answer…', waiting: 'Answers Docker clients', done: 'Engine answers' },
  } satisfies Record<VmPhaseId, { name: string; doing: string; waiting: string; done: string }>,
  stoppedPhase: 'Stopped here',
  waitsFor: (name: string) => (name === 'QEMU' ? 'Waits for QEMU' : `Waits for the ${name.toLowerCase()}`),
  phaseStatus: { waiting: 'waiting', running: 'under way', done: 'done', failed: 'failed' },
  failed: {
    'qemu-missing': 'QEMU is not installed',
    'qemu-failed': 'QEMU could not start',
    'image-missing': 'The VM image is not there',
    'image-corrupt': 'The VM image is damaged',
    'disk-full': 'The disk is full',
    'data-disk-damaged': 'The data disk is damaged',
    'already-running': 'Slipway runs already',
    'boot-timeout': 'Linux did not boot in time',
    'engine-timeout': 'The engine does not answer',
    'engine-died': 'The engine ended',
    'vm-died': 'The virtual machine ended',
    internal: 'The engine could not start',
  } satisfies Record<VmFailureCode, string>,
  done: (count: number, all: number) => (count === 0 ? 'Nothing was started.' : `${spell(count)} of ${spell(all).toLowerCase()} phases ${count === 1 ? 'is' : 'are'} done.`),
  hasRun: 'It had started well and ended later.',
  safe: 'Your images, containers and volumes were not touched.',
  step: {
    retry: 'Retry',
    'rebuild-image': 'Rebuild the image',
    'reset-data-disk': 'Erase the data disk…',
    'restart-without-acceleration': 'Start without acceleration',
    copy: 'Copy command',
    copied: 'Copied',
    again: 'Then try again',
  },
  console: { show: 'Show the last lines', hide: 'Hide the last lines', label: 'Last lines of the console', none: 'The console said nothing.', copy: 'Copy' },
  steps: 'Ways out',
  foot: {
    name: (version: string) => `Slipway ${version}`,
    vm: 'Linux in a small virtual machine',
    cpus: (count: number) => `${count} CPU${count === 1 ? '' : 's'}`,
    memory: (size: string) => `${size} memory`,
    disk: (size: number) => `${size} GB disk, grows as used`,
  },
  stopped: {
    title: 'The engine is stopped',
    body: 'Containers rest with it. Their files, images and volumes are kept on the data disk.',
    start: 'Start the engine',
  },
  connecting: 'Connecting to Slipway…',
  reset: {
    title: 'Erase the data disk?',
    body: 'Every container, image and volume of this engine is lost and cannot be brought back. Files on this computer outside Slipway stay.',
    keep: 'Keep',
    erase: 'Erase everything',
  },
};

function spell(count: number): string {
  return ['None', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'][count] ?? String(count);
}
