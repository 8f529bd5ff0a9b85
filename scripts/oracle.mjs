// npm run test:oracle [-- -t NOUN …]: the same requests to this engine and to a real dockerd, and whatever differs without a reason.
// Not a part of npm test. SLIPWAY_ORACLE_REPORT=FILE writes all findings down as Markdown.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';

const args = ['run', '--project', 'oracle', ...process.argv.slice(2)];
const child = spawn(pinnedNode(), [join(projectRoot, 'node_modules/vitest/vitest.mjs'), ...args], { cwd: projectRoot, stdio: 'inherit', env: pinnedEnvironment() });
child.on('exit', (code) => (process.exitCode = code ?? 1));
