// npm run bench:ui -- [--rows 'big log,follow'] [--quick] [--json FILE]: figures of the window in the real browser on the native engine (Linux, root).
// Everything that it starts ends with it, on Ctrl-C too.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';
import { ensureOutputs } from './setup/outputs.mjs';

ensureOutputs(['engine', 'renderer']);
const child = spawn(pinnedNode(), [join(projectRoot, 'bench/ui/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env: pinnedEnvironment() });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
