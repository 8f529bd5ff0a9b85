// npm run test:vm:soak [-- --minutes N]: one VM under load, suspended and resumed again and again, for an hour unless said; memory, files and disk may not
// grow. Not a part of npm test.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';
import { ensureOutputs, ensureVmImage } from './setup/outputs.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string' } } });
ensureOutputs(['engine']);
ensureVmImage();
const env = pinnedEnvironment(values.minutes === undefined ? {} : { SOAK_MINUTES: values.minutes });
const child = spawn(pinnedNode(), [join(projectRoot, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'soak', '--disable-console-intercept'], { cwd: projectRoot, stdio: 'inherit', env });
child.on('exit', (code) => (process.exitCode = code ?? 1));
