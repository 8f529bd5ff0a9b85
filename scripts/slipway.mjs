#!/usr/bin/env node
// slipway COMMAND …: the command line of a clone, with the pinned Node. npm link puts it on the PATH; npm run doctor is one of its commands.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';

try {
  const child = spawn(pinnedNode(), [join(projectRoot, 'main/cli/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env: pinnedEnvironment() });
  // A terminal's Ctrl-C reaches the child by itself.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => (process.exitCode = code ?? 1));
} catch (error) {
  console.error(`slipway: ${error.message}`);
  process.exitCode = 1;
}
