import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmPackages } from '../../packages.mjs';
import { codeCache } from './code-cache.mjs';

const addon = { amd64: 'linux_x64/koffi.node', arm64: 'linux_arm64/koffi.node' };

/**
 * The engine's files by their path in the guest: the bundle, compiled code of what runs first, and koffi's addon beside it, which the bundle loads by itself.
 * @param {string} nodeVersion the guest's, as `24.1.0` @throws Error when there is no bundle.
 */
export async function engineFiles({ bundle, arch, nodeVersion, readNpm }) {
  const files = new Map();
  const own = readdirSync(bundle).filter((name) => /\.[cm]js$/.test(name)).sort();
  if (!own.includes('vm.cjs')) throw new Error(`There is no engine bundle in ${bundle}: run "node scripts/build.mjs engine".`);
  for (const name of own) files.set(`opt/slipway/engine/${name}`, readFileSync(join(bundle, name)));
  const compiled = codeCache({ program: join(bundle, 'vm.cjs'), arch, nodeVersion });
  if (compiled !== null) files.set('opt/slipway/engine/vm.cjs.cache', compiled);
  files.set('opt/slipway/engine/koffi.node', (await readNpm(npmPackages.koffiNative[arch])).files.get(addon[arch])());
  files.set('usr/share/doc/koffi/copyright', (await readNpm(npmPackages.koffi)).files.get('LICENSE.txt')());
  return files;
}
