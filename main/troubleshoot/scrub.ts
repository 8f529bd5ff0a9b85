/** Names whose value is nobody else's business, in `NAME=value`, `"name": "value"` and `--name value`. */
const secretName = '[\\w-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie|(?:api|access|private|signing|encryption)[_-]?key|auth(?:orization)?)';
const gone = '[removed]';

const rules: readonly [RegExp, string][] = [
  // Everything up to the last @ before the host: a password may hold one itself.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>]*@/gi, `$1${gone}@`],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/_.~=-]{6,}/gi, `$1 ${gone}`],
  [new RegExp(`("${secretName}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${gone}"`],
  [new RegExp(`\\b(${secretName}\\s*[=:]\\s*)(?:"[^"]*"|'[^']*'|[^\\s,;&"']+)`, 'gi'), `$1${gone}`],
  [new RegExp(`(--${secretName}\\s+)[^\\s]+`, 'gi'), `$1${gone}`],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, gone],
  // One-time addresses of the window, and anything else that is long and random; digests and IDs in hex stay, they tell which image.
  [/(?<![A-Za-z0-9_+=-])(?=[A-Za-z0-9_+/-]*[G-Zg-z])(?=[A-Za-z0-9_+-]*\d)(?=[A-Za-z0-9_+-]*[A-Z])[A-Za-z0-9_+-]{32,}={0,2}/g, gone],
];

/**
 * A text without what looks like a secret, and without the person's name in paths. The second guard: what is known to be private is not
 * asked for in the first place.
 */
export function scrub(text: string, homeFolder: string): string {
  let clean = homeFolder.length > 1 ? text.replaceAll(homeFolder, '~') : text;
  for (const [pattern, replacement] of rules) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Every text of a plain value, names of fields too. A field that is called like a secret loses its value whatever it is. */
export function scrubAll(value: unknown, homeFolder: string): unknown {
  if (typeof value === 'string') return scrub(value, homeFolder);
  if (Array.isArray(value)) return value.map((item) => scrubAll(item, homeFolder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [scrub(name, homeFolder), isSecretName(name) && item !== null && item !== '' ? gone : scrubAll(item, homeFolder)]));
}

const wholeName = new RegExp(`^${secretName}$`, 'i');
const isSecretName = (name: string): boolean => wholeName.test(name);
