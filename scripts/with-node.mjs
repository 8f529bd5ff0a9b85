// Runs a script with the pinned Node, whatever Node the machine has: node scripts/with-node.mjs FILE [ARGUMENT …]
import { spawn } from 'node:child_process';
import { pinnedEnvironment, pinnedNode } from './node-path.mjs';

const child = spawn(pinnedNode(), process.argv.slice(2), { stdio: 'inherit', env: pinnedEnvironment() });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal !== null) process.kill(process.pid, signal);
  process.exitCode = code ?? 1;
});
