// npm run test:leaks [-- --cycles N]: nothing grows over thousands of containers.
// npm run test:torture [-- --minutes N --seed S]: engine and shimd are killed under load, and nothing may be lost or left. Needs Linux, root,
// crun, nft, busybox-static and docker-registry. Not a part of npm test.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';

const { values, positionals } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' }, cycles: { type: 'string' }, leaks: { type: 'boolean' } }, allowPositionals: true });
const env = pinnedEnvironment();
if (values.minutes !== undefined) env.TORTURE_MINUTES = values.minutes;
if (values.seed !== undefined) env.TORTURE_SEED = values.seed;
if (values.cycles !== undefined) env.LEAK_CYCLES = values.cycles;
// Bridges, ports and rules of a network namespace of its own.
const command = ['--net', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', pinnedNode(), join(projectRoot, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'torture', values.leaks === true ? 'leaks' : 'survival', ...positionals];
const child = spawn('unshare', command, { cwd: projectRoot, stdio: 'inherit', env });
child.on('exit', (code) => (process.exitCode = code ?? 1));
