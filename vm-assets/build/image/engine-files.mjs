import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmPackages } from '../../packages.mjs';

/** What of koffi its loader reads at run time; sources, headers and other platforms stay out. */
const koffiFiles = ['package.json', 'LICENSE.txt', 'index.js', 'index.cjs', 'src/koffi/index.js', 'src/koffi/index.cjs', 'src/koffi/src/static.js', 'src/koffi/src/static.cjs'];
const native = { amd64: 'linux_x64/koffi.node', arm64: 'linux_arm64/koffi.node' };

/** Files of the engine in the guest by path below /opt/slipway/engine: the bundle and koffi, which it imports. */
export async function engineFiles({ bundle, arch, readNpm }) {
  const files = new Map();
  for (const name of readdirSync(bundle).sort()) if (/\.(mjs|js|json|node|wasm)$/.test(name)) files.set(name, readFileSync(join(bundle, name)));
  if (!files.has('engine.mjs')) throw new Error(`There is no engine bundle in ${bundle}: run "node scripts/build.mjs engine".`);
  const koffi = await readNpm(npmPackages.koffi);
  for (const path of koffiFiles) if (koffi.files.has(path)) files.set(`node_modules/koffi/${path}`, koffi.files.get(path)());
  const nativePackage = await readNpm(npmPackages.koffiNative[arch]);
  for (const path of ['package.json', 'index.js', native[arch]]) files.set(`node_modules/${nativePackage.name}/${path}`, nativePackage.files.get(path)());
  return { files, versions: { koffi: koffi.version } };
}
