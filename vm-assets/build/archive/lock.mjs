import { readFileSync, writeFileSync } from 'node:fs';
import { bootDiskPackages, packages, release } from '../../packages.mjs';
import { Archive } from './archive.mjs';

/**
 * `packages.lock.json`: per architecture the exact .deb of each package of `packages.mjs`:
 * `{name, package?, version, archive, path, size, sha256}` (`package` where the archive's name differs, as the kernel's does).
 */
export const lockFile = new URL('../../packages.lock.json', import.meta.url);

export function readLock(file = lockFile) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Rewrites the lock with what the archive holds now. @returns {Promise<string[]>} what changed, for people */
export async function updateLock({ mirrors, cache, keyring, report, file = lockFile, wanted = [...packages, ...bootDiskPackages] }) {
  const before = readLockOrEmpty(file);
  const after = {};
  const changes = [];
  for (const arch of ['amd64', 'arm64']) {
    const archive = new Archive({ mirrors, cache, release, arch, keyring, report });
    after[arch] = [];
    for (const item of wanted) if (item.architectures?.includes(arch) ?? true) after[arch].push(await archive.current(item));
    for (const entry of after[arch]) {
      const old = before[arch]?.find((candidate) => candidate.name === entry.name);
      if (old?.sha256 !== entry.sha256) changes.push(`${arch} ${entry.name}: ${old?.version ?? 'new'} → ${entry.version}`);
    }
  }
  writeFileSync(file, formatLock(after));
  return changes;
}

function readLockOrEmpty(file) {
  try {
    return readLock(file);
  } catch {
    return {};
  }
}

/** One line a package, so that a change of the lock reads as one. */
function formatLock(lock) {
  const parts = Object.entries(lock).map(([arch, entries]) => `  ${JSON.stringify(arch)}: [\n${entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`);
  return `{\n${parts.join(',\n')}\n}\n`;
}
