import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decompress } from '../formats/decompress.mjs';
import { compareVersions, parsePackages } from './package-index.mjs';
import { debianKeyring, openRelease } from './release.mjs';

/** A Debian archive: pinned files by their pool path, and the signed list of what it holds now. */
export class Archive {
  #index = null;

  /** @param {{main: string, security: string}} mirrors @param {import('./download.mjs').DownloadCache} cache */
  constructor({ mirrors, cache, release, arch, keyring = process.env.SLIPWAY_DEBIAN_KEYRING ?? debianKeyring, report = () => {} }) {
    Object.assign(this, { mirrors, cache, release, arch, keyring, report });
  }

  /** Path of the verified .deb. @throws GoneError when the archive dropped it. */
  async fetch({ archive, path, sha256, size }) {
    return this.cache.get(`${this.mirrors[archive]}/${path}`, { sha256, size });
  }

  /**
   * The archive's current version of a package of `packages.mjs`, as a lock entry.
   * @throws Error when it has none.
   */
  async current({ name, metapackage }) {
    // Several packages may ask at once; the index is read for all of them.
    const index = await (this.#index ??= this.#readIndex());
    const target = metapackage === undefined ? name : /^([a-z0-9.+-]+)/.exec(this.#lookUp(index, metapackage[this.arch]).depends)?.[1];
    const { version, archive, path, size, sha256 } = this.#lookUp(index, target);
    return { name, ...(target === name ? {} : { package: target }), version, archive, path, size, sha256 };
  }

  #lookUp(index, name) {
    const entry = index.get(name);
    if (entry === undefined) throw new Error(`Debian ${this.release.codename} has no package ${name} for ${this.arch}.`);
    return entry;
  }

  async #readIndex() {
    const merged = new Map();
    for (const { archive, suite } of this.release.suites) {
      for (const [name, entry] of await this.#readSuite(archive, suite)) {
        const known = merged.get(name);
        if (known === undefined || compareVersions(entry.version, known.version) > 0) merged.set(name, { ...entry, archive });
      }
    }
    return merged;
  }

  async #readSuite(archive, suite) {
    const base = `${this.mirrors[archive]}/dists/${suite}`;
    this.report(`reading the archive's signed index ${suite}`);
    const folder = mkdtempSync(join(tmpdir(), 'slipway-index-'));
    try {
      await this.cache.fetchInto(`${base}/InRelease`, join(folder, 'InRelease'));
      const { files } = openRelease(readFileSync(join(folder, 'InRelease')), { keyring: this.keyring, name: `${suite}/InRelease` });
      const path = `main/binary-${this.arch}/Packages.xz`;
      const listed = files.get(path);
      if (listed === undefined) throw new Error(`${suite} lists no ${path}.`);
      return parsePackages((await decompress(readFileSync(await this.cache.get(`${base}/${path}`, listed)))).toString('utf8'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
