// npm run bench -- [--rows a,b] [--quick] [--json FILE] [--without podman] [--vm]: the measurements of bench/, with the engine bundled first as
// users have it. Everything that it starts ends with it, on Ctrl-C too.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';

const built = spawnSync(pinnedNode(), [join(projectRoot, 'scripts/build.mjs'), 'engine'], { stdio: ['ignore', 'ignore', 'inherit'], env: pinnedEnvironment() });
if (built.status !== 0) process.exit(built.status ?? 1);
const child = spawn(pinnedNode(), [join(projectRoot, 'bench/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env: pinnedEnvironment() });
// Ctrl-C reaches the child by itself; a signal to this process alone must be passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
