/**
 * Parses a Packages file.
 * @returns {Map<string, {name: string, version: string, path: string, size: number, sha256: string, depends: string}>} by name, the highest version each
 */
export function parsePackages(text) {
  const index = new Map();
  for (const stanza of text.split('\n\n')) {
    const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const name = field('Package');
    if (name === '') continue;
    const entry = { name, version: field('Version'), path: field('Filename'), size: Number(field('Size')), sha256: field('SHA256'), depends: field('Depends') };
    const known = index.get(name);
    if (known === undefined || compareVersions(entry.version, known.version) > 0) index.set(name, entry);
  }
  return index;
}

/** Order of Debian versions, `[epoch:]upstream[-revision]` (Debian policy 5.6.12). Negative, zero or positive. */
export function compareVersions(a, b) {
  const [left, right] = [split(a), split(b)];
  return left.epoch - right.epoch || compareParts(left.upstream, right.upstream) || compareParts(left.revision, right.revision);
}

function split(version) {
  const [, epoch = '0', rest] = /^(?:(\d+):)?(.*)$/.exec(version);
  const dash = rest.lastIndexOf('-');
  return dash < 0 ? { epoch: Number(epoch), upstream: rest, revision: '' } : { epoch: Number(epoch), upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

/** Runs of non-digits and of digits in turn; `~` sorts before the end, letters before everything else. */
function compareParts(a, b) {
  let [i, j] = [0, 0];
  const rank = (character) => (character === undefined || /\d/.test(character) ? 0 : character === '~' ? -1 : /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256);
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i])) || (j < b.length && !/\d/.test(b[j]))) {
      const difference = rank(a[i]) - rank(b[j]);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    const [left, right] = [/^\d*/.exec(a.slice(i))[0], /^\d*/.exec(b.slice(j))[0]];
    const difference = Number(left || 0) - Number(right || 0);
    if (difference !== 0) return difference;
    i += left.length;
    j += right.length;
  }
  return 0;
}
