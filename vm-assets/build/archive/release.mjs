import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Verifies an InRelease file (a clear-signed list of the suite's indices) and parses what is signed, only that.
 * @param {Buffer} inRelease bytes as fetched
 * @returns {{codename: string, files: Map<string, {sha256: string, size: number}>}}
 * @throws Error when no key of the keyring signed it, or it is out of date.
 */
export function openRelease(inRelease, { keyring = debianKeyring, name, now = new Date() }) {
  if (!existsSync(keyring)) throw new Error(`The keys of the Debian archive are missing (${keyring}): install debian-archive-keyring.`);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-release-'));
  try {
    writeFileSync(join(folder, 'InRelease'), inRelease);
    const gpgv = spawnSync('gpgv', ['--keyring', keyring, '--status-fd', '1', '--output', join(folder, 'Release'), join(folder, 'InRelease')], { encoding: 'utf8' });
    if (gpgv.error) throw new Error('gpgv, which checks the signature of the Debian archive, did not run: install gpgv.', { cause: gpgv.error });
    // The archive signs with several keys, and an older keyring lacks the newest: one good signature is enough, a bad one never.
    if (!/^\[GNUPG:\] VALIDSIG /m.test(gpgv.stdout) || /^\[GNUPG:\] (BADSIG|EXPKEYSIG|REVKEYSIG) /m.test(gpgv.stdout)) {
      throw new Error(`${name} is not signed by the Debian archive (keys: ${keyring}): ${gpgv.stderr.trim().split('\n').at(-1)}`);
    }
    return parseRelease(readFileSync(join(folder, 'Release'), 'utf8'), { name, now });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseRelease(text, { name, now }) {
  const validUntil = /^Valid-Until: (.+)$/m.exec(text);
  if (validUntil && new Date(validUntil[1]) < now) throw new Error(`${name} was valid until ${validUntil[1]}: the mirror is out of date, or the clock of this machine is wrong.`);
  const files = new Map();
  const list = /^SHA256:\n((?: .*\n?)+)/m.exec(text)?.[1] ?? '';
  for (const line of list.split('\n')) {
    const [sha256, size, path] = line.trim().split(/\s+/);
    if (path !== undefined) files.set(path, { sha256, size: Number(size) });
  }
  return { codename: /^Codename: (.+)$/m.exec(text)?.[1] ?? '', files };
}
