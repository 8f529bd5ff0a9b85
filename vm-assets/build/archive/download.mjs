import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The file is not there (any more): HTTP 404 or 410. A pin that vanished falls back on this alone. */
export class GoneError extends Error {}

const aptHelper = '/usr/lib/apt/apt-helper';

/**
 * Fetches `url` into `file` over apt's own downloader where there is one (it knows the proxies and credentials of the machine) and over
 * fetch elsewhere.
 * @throws GoneError when the server has no such file, Error otherwise.
 */
export async function fetchFile(url, file, { aptHelperPath = aptHelper } = {}) {
  if (existsSync(aptHelperPath)) return fetchWithApt(aptHelperPath, url, file);
  let response;
  try {
    response = await fetch(url, { redirect: 'follow' });
  } catch (error) {
    throw new Error(`${url} could not be fetched: ${error.cause?.message ?? error.message}`, { cause: error });
  }
  if (response.status === 404 || response.status === 410) throw new GoneError(`${url}: ${response.status}`);
  if (!response.ok) throw new Error(`${url} could not be fetched: HTTP ${response.status} ${response.statusText}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function fetchWithApt(helper, url, file) {
  const child = spawn(helper, ['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=2', 'download-file', url, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0 && existsSync(file)) return;
  if (/\b(404|410)\b|No such file|File not found/i.test(output)) throw new GoneError(`${url}: not found`);
  throw new Error(`${url} could not be fetched: ${output.trim().split('\n').filter((line) => /^(E|Err|W):/.test(line)).at(-1) ?? `apt-helper ended with ${code}`}`);
}

/** @returns {string} hex digest of a file's bytes */
export function digestOf(file, algorithm = 'sha256', encoding = 'hex') {
  return createHash(algorithm).update(readFileSync(file)).digest(encoding);
}

/** Files by content: what was fetched once is not fetched again. Names are `<sha256>` in `<folder>/blobs`. */
export class DownloadCache {
  constructor(folder, { fetchInto = fetchFile } = {}) {
    this.folder = folder;
    this.fetchInto = fetchInto;
    mkdirSync(join(folder, 'blobs'), { recursive: true });
  }

  path(sha256) {
    return join(this.folder, 'blobs', sha256);
  }

  /**
   * Path of a verified copy of the bytes that `sha256` names. The copy in the cache is hashed again, so that a damaged one is replaced.
   * @throws Error when the server's bytes are not those.
   */
  async get(url, { sha256, size }) {
    const kept = this.path(sha256);
    if (existsSync(kept) && statSync(kept).size === size && digestOf(kept) === sha256) return kept;
    const partial = `${kept}.partial-${process.pid}`;
    rmSync(partial, { force: true });
    try {
      await this.fetchInto(url, partial);
      const got = digestOf(partial);
      if (got !== sha256) throw new Error(`${url} is not the file that is pinned: sha256 ${got} instead of ${sha256}. A proxy may have changed it, or the mirror is damaged; try another mirror.`);
      renameSync(partial, kept);
    } finally {
      rmSync(partial, { force: true });
    }
    return kept;
  }
}
