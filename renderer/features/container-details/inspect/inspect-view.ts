import { looksSecret } from '../../../format/secrets.ts';

/** Nothing of a secret, not even its length. */
const hidden = '••••••••';

/** The same with the values of likely secrets out of `Config.Env` hidden, and whether there are any. */
export function withoutSecrets<T extends object>(inspect: T): { value: T; hasSecrets: boolean } {
  const config = (inspect as { Config?: { Env?: string[] | null } }).Config;
  let hasSecrets = false;
  const env = config?.Env?.map((entry) => {
    const at = entry.indexOf('=');
    if (at < 0 || at === entry.length - 1 || !looksSecret(entry.slice(0, at))) return entry;
    hasSecrets = true;
    return `${entry.slice(0, at)}=${hidden}`;
  });
  return { value: hasSecrets ? { ...inspect, Config: { ...config, Env: env } } : inspect, hasSecrets };
}

/** What holds the text in a name or a value, with everything above it; undefined when nothing does. */
export function partWith(value: unknown, text: string): unknown {
  const wanted = text.toLowerCase();
  if (typeof value !== 'object' || value === null) return String(value).toLowerCase().includes(wanted) ? value : undefined;
  const entries = Object.entries(value)
    .map(([key, child]): [string, unknown] => [key, !Array.isArray(value) && key.toLowerCase().includes(wanted) ? child : partWith(child, text)])
    .filter(([, child]) => child !== undefined);
  if (entries.length === 0) return undefined;
  // Entries of a list keep their numbers, so that a path stays one of the whole.
  return Object.fromEntries(entries);
}

/**
 * The argument of `docker inspect --format` that answers what a JSON pointer names: `{{.State.Pid}}`, `{{json .Mounts}}`,
 * `{{index .Config.Labels "a.b"}}`. Source: text/template of Go.
 */
export function templateOf(pointer: string, whole: unknown): string {
  let expression = '';
  let value = whole;
  for (const key of pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    if (Array.isArray(value)) expression = `(index ${expression || '.'} ${key})`;
    else if (/^[A-Za-z_]\w*$/.test(key)) expression = `${expression}.${key}`;
    else expression = `(index ${expression || '.'} ${JSON.stringify(key)})`;
    value = (value as Record<string, unknown> | null)?.[key];
  }
  const isPlain = typeof value !== 'object' || value === null;
  if (expression === '') return '{{json .}}';
  if (!isPlain) return `{{json ${expression}}}`;
  return `{{${expression.startsWith('(') && expression.endsWith(')') && !expression.slice(1, -1).includes(').') ? expression.slice(1, -1) : expression}}}`;
}
