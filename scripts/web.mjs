// npm run web -- [--port N] [--home DIR] [--engine-socket PATH] [--image DIR] [--no-open]: the web shell in the foreground, with
// the window built first when it is missing or older than its sources. Unlike npm start it installs nothing and builds no VM image.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';
import { ensureOutputs } from './setup/outputs.mjs';

ensureOutputs(['renderer']);
const child = spawn(pinnedNode(), [join(projectRoot, 'main/web/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env: pinnedEnvironment() });
// Ctrl-C reaches the child by itself; a signal to this process alone must be passed on. The child takes both as one wish.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
