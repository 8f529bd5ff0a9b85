import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoneError } from './download.mjs';

/**
 * The .deb of each lock entry, downloaded or from the cache. Where the archive dropped a pinned build (it keeps few old ones), its current
 * signed version stands in, and is remembered in the cache so that the next build needs no index.
 * @returns {Promise<{name: string, package: string, version: string, sha256: string, file: string, pinned?: string}[]>} in the lock's order; `pinned`
 *   is the version asked for, where another one stands in
 */
export async function fetchPackages({ entries, wanted, archive, report }) {
  const replacements = new Replacements(join(archive.cache.folder, 'replacements.json'));
  const results = new Array(entries.length);
  const queue = [...entries.keys()];
  const fetchOne = async (entry) => {
    try {
      return { entry, file: await archive.fetch(entry) };
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
    }
    const current = replacements.get(entry) ?? (await archive.current(wanted.find((item) => item.name === entry.name)));
    report(`${entry.name} ${entry.version} is no longer in the archive: taking its current signed version ${current.version}, which is not pinned`);
    const file = await archive.fetch(current);
    replacements.set(entry, current);
    return { entry: current, file, pinned: entry.version };
  };
  // A few at a time: mirrors answer small files slower than they send them.
  const workers = Array.from({ length: 4 }, async () => {
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      const { entry, file, pinned } = await fetchOne(entries[index]);
      results[index] = { name: entry.name, package: entry.package ?? entry.name, version: entry.version, sha256: entry.sha256, file, ...(pinned === undefined ? {} : { pinned }) };
    }
  });
  await Promise.all(workers);
  return results;
}

/** Which verified build stood in for a pin that vanished, by the pin's digest. */
class Replacements {
  constructor(file) {
    this.file = file;
    this.known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  }

  get(pin) {
    return this.known[pin.sha256];
  }

  set(pin, entry) {
    this.known[pin.sha256] = entry;
    writeFileSync(this.file, `${JSON.stringify(this.known, null, 2)}\n`);
  }
}
