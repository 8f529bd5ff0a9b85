// npm test: everything. Types, lint and import rules, unit tests, engine tests, a VM boot, e2e in a real browser.
// Ends with one line "N passed, N failed, N skipped" over all runners. npm test -- unit engine … runs only the stages named.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureHostTools } from './setup/host-tools.mjs';
import { ensureNpmDependencies } from './setup/npm-dependencies.mjs';
import { step } from './setup/progress.mjs';

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = join(projectRoot, '.cache/reports');
const totals = { passed: 0, failed: 0, skipped: 0 };
const lines = [];

function run(command, args, environment) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'], env: environment });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Adds what a runner's JSON report counts; a runner that died without one counts as one failure. */
function count(name, file, read, exitCode) {
  let counted = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(file)) counted = read(JSON.parse(readFileSync(file, 'utf8')));
  if (exitCode !== 0 && counted.failed === 0) counted.failed = 1;
  for (const key of Object.keys(totals)) totals[key] += counted[key];
  lines.push(`${counted.failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`);
}

const readVitest = (report) => ({ passed: report.numPassedTests, failed: report.numFailedTests + (report.success || report.numFailedTests > 0 ? 0 : 1), skipped: report.numPendingTests + (report.numTodoTests ?? 0) });
const readPlaywright = (report) => ({ passed: report.stats.expected + report.stats.flaky, failed: report.stats.unexpected, skipped: report.stats.skipped });

async function main() {
  ensureNpmDependencies();
  const { pinnedEnvironment, pinnedNode } = await import('./node-path.mjs');
  const { ensureOutputs, ensureVmImage } = await import('./setup/outputs.mjs');
  const node = pinnedNode();
  const environment = pinnedEnvironment({ FORCE_COLOR: process.env.FORCE_COLOR ?? '0' });
  const isLinuxRoot = process.platform === 'linux' && process.getuid() === 0;
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });

  const vitest = async (project) => {
    const file = join(reports, `${project}.json`);
    const args = [join(projectRoot, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    count(project, file, readVitest, await run(node, args, environment));
  };
  const skip = (name, reason) => {
    totals.skipped += 1;
    lines.push(`skip   ${name}: ${reason}`);
  };

  const stages = {
    async check() {
      const code = await run(node, [join(projectRoot, 'scripts/check.mjs'), 'lint', 'types'], environment);
      totals[code === 0 ? 'passed' : 'failed'] += 1;
      lines.push(`${code === 0 ? 'ok    ' : 'FAILED'} types, lint and import rules`);
    },
    unit: () => vitest('unit'),
    async engine() {
      if (!isLinuxRoot) return skip('engine', 'containers need root on Linux');
      await vitest('engine');
    },
    async vm() {
      ensureVmImage();
      await vitest('vm');
    },
    async e2e() {
      ensureVmImage();
      const file = join(reports, 'e2e.json');
      const code = await run(node, [join(projectRoot, 'scripts/e2e.mjs')], { ...environment, PLAYWRIGHT_JSON_OUTPUT_NAME: file });
      count('e2e', file, readPlaywright, code);
    },
  };
  const wanted = process.argv.slice(2).filter((name) => name in stages);
  const names = wanted.length > 0 ? wanted : Object.keys(stages);

  ensureHostTools('test');
  if (names.some((name) => name !== 'check' && name !== 'unit')) ensureOutputs(['engine', 'electron', 'renderer']);
  for (const name of names) {
    step(`Running ${name}`);
    await stages[name]();
  }
  step('Finished');
  console.log(`\n${lines.join('\n')}\n`);
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(`\n${error.message}`);
  console.log(`${totals.passed} passed, ${totals.failed + 1} failed, ${totals.skipped} skipped`);
  process.exitCode = 1;
});
