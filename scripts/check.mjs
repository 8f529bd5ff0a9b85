// npm run check [types|lint|unit]: everything that is fast. Without an argument all three, two at a time.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';

const folders = ['contract', 'engine', 'main', 'renderer', 'e2e', 'bench'];
const bin = (path) => join(projectRoot, 'node_modules', path);
const hasSources = (folder) => readdirSync(join(projectRoot, folder), { recursive: true }).some((name) => /\.tsx?$/.test(name));

const jobs = {
  types: folders.filter(hasSources).map((folder) => ({ name: `types ${folder}`, args: [bin('typescript/bin/tsc'), '-p', folder] })),
  lint: [{ name: 'lint', args: [bin('oxlint/bin/oxlint'), '--report-unused-disable-directives', '--deny-warnings', '.'] }],
  unit: [{ name: 'unit', args: [bin('vitest/vitest.mjs'), 'run', '--project', 'unit'] }],
};

function run(job) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(pinnedNode(), job.args, { cwd: projectRoot, env: pinnedEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('exit', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${job.name} (${seconds} s)`);
      if (code !== 0 || job.name === 'unit') process.stdout.write(output);
      resolve(code === 0);
    });
  });
}

const wanted = process.argv.slice(2).filter((name) => name in jobs);
const queue = (wanted.length > 0 ? wanted : ['lint', 'unit', 'types']).flatMap((name) => jobs[name]);
const results = [];
const workers = [0, 1].map(async () => {
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) results.push(await run(job));
});
await Promise.all(workers);
process.exitCode = results.every(Boolean) ? 0 : 1;
