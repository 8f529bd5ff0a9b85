// Makes the VM image: node scripts/with-node.mjs vm-assets/build.mjs [--arch amd64|arm64] [--hyperv] [--force] [--engine DIR] [--out DIR] | --update-lock
// Also a module: `buildImage` is what `npm start` calls.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { DownloadCache } from './build/archive/download.mjs';
import { updateLock } from './build/archive/lock.mjs';
import { findMirrors } from './build/archive/mirrors.mjs';
import { buildImage } from './build/image.mjs';

export { buildImage };

async function main() {
  const { values } = parseArgs({
    options: { arch: { type: 'string' }, hyperv: { type: 'boolean' }, force: { type: 'boolean' }, engine: { type: 'string' }, out: { type: 'string' }, 'update-lock': { type: 'boolean' } },
  });
  const startedAt = performance.now();
  const report = (line) => console.log(`[${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s] ${line}`);
  if (values.arch !== undefined && !['amd64', 'arm64'].includes(values.arch)) throw new Error(`--arch is amd64 or arm64, not ${values.arch}.`);
  if (values['update-lock']) {
    const cache = new DownloadCache(process.env.SLIPWAY_CACHE || join(import.meta.dirname, 'cache'));
    const changes = await updateLock({ mirrors: findMirrors(), cache, report });
    report(changes.length === 0 ? 'packages.lock.json is current' : `packages.lock.json changed:\n${changes.join('\n')}`);
    return;
  }
  const { folder, manifest, built } = await buildImage({ ...values, report });
  for (const { name, pinned, used } of manifest.unpinned) report(`not pinned: ${name} ${used} stands in for ${pinned}, which the archive dropped (--update-lock pins the current versions)`);
  const megabytes = Object.entries(manifest.files).map(([name, { size }]) => `${name} ${(size / 1e6).toFixed(1)} MB`);
  report(`${built ? 'built' : 'nothing changed'}: ${folder} (${megabytes.join(', ')})`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(`The VM image could not be built. ${error.message}`);
    process.exitCode = 1;
  });
}
