import { spawn } from 'node:child_process';

/** The guest's own script: it ends what is left, syncs, unmounts and switches off. See vm-assets/rootfs. */
const program = '/usr/sbin/poweroff';

/** Begins to switch this machine off and returns: the answer to who asked should still get out. */
export function powerOffMachine(): void {
  spawn(program, { detached: true, stdio: 'ignore' }).unref();
}
