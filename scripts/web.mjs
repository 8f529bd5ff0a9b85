// npm run web -- [--port N] [--home DIR] [--engine-socket PATH] [--image DIR] [--no-open]: the web shell in the foreground. The window
// is built first when it is missing or older than its sources.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';

const built = join(projectRoot, 'dist/renderer/index.html');

function newestChange(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), mtimeMs);
}

const sources = ['renderer', 'contract', 'package-lock.json'].map((name) => join(projectRoot, name));
if (!existsSync(built) || sources.some((path) => newestChange(path) > statSync(built).mtimeMs)) {
  console.log('Building the window …');
  const { status } = spawnSync(pinnedNode(), [join(projectRoot, 'scripts/build.mjs'), 'renderer'], { stdio: 'inherit', env: pinnedEnvironment() });
  if (status !== 0) process.exit(status ?? 1);
}

const child = spawn(pinnedNode(), [join(projectRoot, 'main/web/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env: pinnedEnvironment() });
// Ctrl-C reaches the child by itself; a signal to this process alone must be passed on. The child takes both as one wish.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
