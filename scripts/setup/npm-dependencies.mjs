import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../node-path.mjs';
import { step } from './progress.mjs';

/**
 * Installs npm dependencies when they are missing or older than the lock file. No package's install script runs: none of ours
 * needs one, and one that runs unseen is the usual way in for a stolen package.
 */
export function ensureNpmDependencies() {
  const marker = join(projectRoot, 'node_modules/.package-lock.json');
  const lock = join(projectRoot, 'package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  step('Installing npm dependencies');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(npm, ['ci', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectRoot,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) throw new Error('npm ci failed; its output above says why. Check the network and the npm registry setting, then run the same command again.');
}
