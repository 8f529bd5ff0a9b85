import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './inputs.mjs';

/**
 * Folder of the engine's bundle, made by `scripts/build.mjs engine` when it is missing or older than a source.
 * @throws Error when it cannot be made.
 */
export function engineBundle(projectRoot, report) {
  const folder = join(projectRoot, 'dist/engine');
  if (isCurrent(projectRoot, folder)) return folder;
  report('bundling the engine');
  const result = spawnSync(process.execPath, [join(projectRoot, 'scripts/build.mjs'), 'engine'], { cwd: projectRoot, encoding: 'utf8' });
  if (result.status !== 0 || !existsSync(join(folder, 'engine.mjs'))) {
    throw new Error(`The engine could not be bundled ("node scripts/build.mjs engine"): ${(result.stderr || result.stdout).trim().split('\n').slice(-3).join(' / ')}`);
  }
  return folder;
}

function isCurrent(projectRoot, folder) {
  const bundles = ['engine.mjs', 'vm.cjs', 'shimd.mjs', 'unpack-worker.mjs', 'confined.mjs', 'log-worker.mjs', 'host-folders.mjs', 'replay-thread.mjs'].map((name) => join(folder, name));
  if (!bundles.every((file) => existsSync(file))) return false;
  const oldest = Math.min(...bundles.map((file) => statSync(file).mtimeMs));
  const sources = ['engine', 'contract'].flatMap((name) => filesBelow(join(projectRoot, name))).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
  return [...sources, join(projectRoot, 'package-lock.json'), join(projectRoot, 'scripts/build.mjs')].every((path) => statSync(path).mtimeMs <= oldest);
}
