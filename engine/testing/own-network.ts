import { spawnSync } from 'node:child_process';
import { CloneFlag, unshare } from '../lib/syscalls/process.ts';

/**
 * Set-up file of each engine test file, and of each VM test file where root runs it: its process and what it starts get a network of
 * their own, so that bridges, rules and ports of files that run beside each other never meet, and none is left on the machine. Threads
 * that exist already stay outside, which does not matter: sockets are made on the main thread.
 */
if (process.platform === 'linux' && process.getuid?.() === 0) {
  unshare(CloneFlag.newNet);
  const { status, stderr } = spawnSync('ip', ['link', 'set', 'lo', 'up'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the loopback device of the test's network did not come up: ${stderr}`);
}
