import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from '../node-path.mjs';
import { step } from './progress.mjs';

/** What each build output is made from; an output whose inputs did not change is not built again. */
const outputs = {
  engine: { inputs: ['engine', 'contract', 'scripts/build.mjs', 'package-lock.json'], file: 'dist/engine/engine.mjs' },
  electron: { inputs: ['main', 'contract', 'scripts/build.mjs', 'package-lock.json'], file: 'dist/electron/main.cjs' },
  renderer: { inputs: ['renderer', 'contract', 'scripts/build.mjs', 'package-lock.json'], file: 'dist/renderer/index.html' },
};

/** Digest over the paths and bytes of all inputs: modification times lie after a checkout. */
function digestOf(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(projectRoot, input);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort()
      : [path];
    for (const file of files) {
      if (/\.test\.\w+$/.test(file)) continue;
      hash.update(file.slice(projectRoot.length)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** Builds those of the named outputs whose inputs changed. @throws Error when a build fails. */
export function ensureOutputs(names) {
  const folder = join(projectRoot, '.cache/build');
  mkdirSync(folder, { recursive: true });
  const stale = names.filter((name) => {
    const marker = join(folder, name);
    const current = digestOf(outputs[name].inputs);
    return !existsSync(join(projectRoot, outputs[name].file)) || !existsSync(marker) || readFileSync(marker, 'utf8') !== current;
  });
  if (stale.length === 0) return;
  step(`Building ${stale.join(', ')}`);
  const result = spawnSync(pinnedNode(), [join(projectRoot, 'scripts/build.mjs'), ...stale], { cwd: projectRoot, stdio: 'inherit', env: pinnedEnvironment() });
  if (result.status !== 0) throw new Error(`Building ${stale.join(', ')} failed; the output above says where.`);
  for (const name of stale) writeFileSync(join(folder, name), digestOf(outputs[name].inputs));
}

/** Builds the VM image when its inputs changed; the build itself decides and shows its progress. */
export function ensureVmImage() {
  const result = spawnSync(pinnedNode(), [join(projectRoot, 'vm-assets/build.mjs')], { cwd: projectRoot, stdio: 'inherit', env: pinnedEnvironment() });
  if (result.status !== 0) throw new Error('Building the VM image failed; the output above says where.');
}
