import type { Verb } from '../verb.ts';

export const doctor: Verb = {
  name: 'doctor',
  usage: '[--json]',
  summary: 'Look at what a start stands on, and tell what to do',
  details: `Virtualisation, QEMU, disk, memory, names, the engine, its socket (who owns it, who can reach it), its clock and
the published ports; then the last starts of the VM. It changes nothing, and works whether Slipway runs or not.

  --json   one object: checks (id, status, finding, values, found, step, command) and starts

The exit code is 1 when something is broken; a warning is none.`,
  options: { json: { type: 'boolean' } },
  positionals: 0,
  // The checks and their clients are read when they are wanted.
  run: async (context) => (await import('../run-doctor.ts')).runDoctor(context),
};
