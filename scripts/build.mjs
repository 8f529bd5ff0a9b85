// Builds what cannot run from source: node scripts/with-node.mjs … is used by the callers, this file re-executes itself with the
// pinned Node. Usage: node scripts/build.mjs [--if-changed] [engine] [electron] [renderer]
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';

if (process.execPath !== pinnedNode()) {
  const result = spawnSync(pinnedNode(), [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit', env: pinnedEnvironment() });
  process.exit(result.status ?? 1);
}

const named = process.argv.slice(2).filter((argument) => argument !== '--if-changed');
const targets = named.length > 0 ? named : ['engine', 'electron', 'renderer'];
if (process.argv.includes('--if-changed')) {
  const { ensureOutputs } = await import('./setup/outputs.mjs');
  ensureOutputs(targets);
  process.exit();
}
const { rolldown } = await import('rolldown');

/**
 * Node's modules taken as objects instead of by ES import. Importing `node:http` so evaluates all its lazy exports, fetch among them, which
 * costs the engine 0.3 s of its start in an emulated VM. `node:module` stays: the bundler's own prologue needs it first.
 */
const builtinsAsObjects = {
  name: 'builtins-as-objects',
  resolveId: (source) => (source.startsWith('node:') && source !== 'node:module' ? { id: `\0${source}` } : null),
  load: (id) => (id.startsWith('\0node:') ? { code: `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))});`, moduleType: 'js' } : null),
};

/**
 * koffi as its bare addon where `koffi.node` lies beside the bundle, as in the VM image. Its JavaScript finds the right addon among many and adds
 * deprecated names: 0.2 s in an emulated VM.
 */
const koffiBeside = {
  name: 'koffi-beside',
  resolveId: (source) => (source === 'koffi' ? { id: '\0koffi' } : null),
  load: (id) =>
    id === '\0koffi'
      ? `import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
function load() {
  const file = \`\${import.meta.dirname}/koffi.node\`;
  if (!existsSync(file)) return createRequire(import.meta.url)('koffi');
  const addon = { exports: {} };
  process.dlopen(addon, file);
  return addon.exports;
}
const koffi = load();
export default koffi;
export const { node } = koffi;
`
      : null,
};

/** What the sources know of their place, in CommonJS. */
const placeInCommonJs = {
  name: 'place-in-commonjs',
  transform: (code) => (code.includes('import.meta.') ? code.replaceAll('import.meta.dirname', '__dirname').replaceAll('import.meta.url', "process.getBuiltinModule('node:url').pathToFileURL(__filename).href").replaceAll('import.meta.main', 'false') : null),
};

/**
 * The engine as it starts in the VM: `vm.cjs` is what answers first, the other files are loaded by it and take from it what they share. CommonJS, because Node
 * starts it sooner than ES modules, and takes compiled code with it (vm-assets/rootfs, start-engine.cjs).
 */
async function bundleForVm(plugins) {
  const build = await rolldown({ input: { vm: join(projectRoot, 'engine/vm-main.ts') }, platform: 'node', plugins: [...plugins, placeInCommonJs], cwd: projectRoot });
  await build.write({ dir: join(projectRoot, 'dist/engine'), format: 'cjs', minify: false, sourcemap: false, banner: "'use strict';", entryFileNames: '[name].cjs', chunkFileNames: 'vm-[name].cjs' });
  await build.close();
}

async function bundle({ input, file, format, external, plugins = [] }) {
  const build = await rolldown({ input: join(projectRoot, input), platform: 'node', external, plugins, cwd: projectRoot });
  await build.write({ file: join(projectRoot, file), format, minify: false, sourcemap: false, codeSplitting: false });
  await build.close();
}

if (targets.includes('engine')) {
  const plugins = [koffiBeside, builtinsAsObjects];
  rmSync(join(projectRoot, 'dist/engine'), { recursive: true, force: true });
  await bundleForVm(plugins);
  for (const [input, name] of [['engine/main.ts', 'engine'], ['engine/shimd/main.ts', 'shimd'], ['engine/snapshots/unpack/unpack-worker.ts', 'unpack-worker'], ['engine/lib/confined/worker.ts', 'confined'], ['engine/guest/host-folders/main.ts', 'host-folders'], ['engine/guest/host-folders/replay-thread.ts', 'replay-thread'], ['engine/containers/logs/search/log-worker.ts', 'log-worker']]) {
    if (existsSync(join(projectRoot, input))) await bundle({ input, file: `dist/engine/${name}.mjs`, format: 'esm', plugins });
  }
}
if (targets.includes('electron') && existsSync(join(projectRoot, 'main/electron/main.ts'))) {
  await bundle({ input: 'main/electron/main.ts', file: 'dist/electron/main.cjs', format: 'cjs', external: ['electron', 'cpu-features', /\.node$/] });
  await bundle({ input: 'main/shared-folders/thread.ts', file: 'dist/electron/shared-folders.cjs', format: 'cjs' });
  await bundle({ input: 'main/electron/preload.ts', file: 'dist/electron/preload.cjs', format: 'cjs', external: ['electron'] });
}
if (targets.includes('renderer') && existsSync(join(projectRoot, 'renderer/index.html'))) {
  const { build } = await import('vite');
  await build({ configFile: join(projectRoot, 'renderer/vite.config.ts'), logLevel: 'warn' });
}
