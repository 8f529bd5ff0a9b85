// What takes a VM for minutes or longer, and is not a part of npm test:
// npm run test:vm:full [-- FILTER …]: what a VM gives back to this computer, its suspensions, published ports of real containers, the disk that Hyper-V boots; a filter is a part of a file's name.
// npm run test:vm:soak [-- --minutes N]: one VM under load, suspended and resumed again and again, for an hour unless said; memory, files and disk may not grow.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';
import { ensureOutputs, ensureVmImage } from './setup/outputs.mjs';

const { values, positionals } = parseArgs({ options: { minutes: { type: 'string' } }, allowPositionals: true });
const project = positionals[0] === 'soak' ? 'soak' : 'vm-full';
ensureOutputs(['engine']);
ensureVmImage();
const env = pinnedEnvironment(values.minutes === undefined ? {} : { SOAK_MINUTES: values.minutes });
const child = spawn(pinnedNode(), [join(projectRoot, 'node_modules/vitest/vitest.mjs'), 'run', ...positionals.slice(1), '--project', project, '--disable-console-intercept'], { cwd: projectRoot, stdio: 'inherit', env });
child.on('exit', (code) => (process.exitCode = code ?? 1));
