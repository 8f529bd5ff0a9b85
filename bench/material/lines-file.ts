import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

export const lineCount = 1_000_000;
const lineLength = 98;
const filler = 'the quick brown fox jumps over the lazy dog and goes on to jump over all the others too '.slice(0, lineLength - 10);

/** Writes 98 MB of lines that are numbered, so that none can be missing or come twice unnoticed. */
export function writeLines(path: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  let bytes = 0;
  try {
    for (let first = 0; first < lineCount; first += 10_000) {
      const part = Array.from({ length: 10_000 }, (_, index) => `${String(first + index).padStart(8, '0')} ${filler}\n`).join('');
      hash.update(part);
      bytes += writeSync(file, part);
    }
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: hash.digest('hex') };
}
