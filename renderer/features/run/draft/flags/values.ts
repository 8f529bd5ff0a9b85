/** What a flag's value looks like; each has a sentence in the catalogue for a value that does not (`run:forms.<form>`). */
export type ValueForm =
  | 'any' | 'bytes' | 'swap' | 'integer' | 'number' | 'duration' | 'pair' | 'path' | 'host' | 'ulimit' | 'weight' | 'rate' | 'bytesRate' | 'restart' | 'exposed' | 'mac' | 'tmpfs' | 'mount' | 'network' | 'device';

const factors: Record<string, number> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };

/** `256m`, `1.5 GB`, `1GiB`: powers of 1024 throughout, as docker reads memory. */
export function readBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([bkmgtp]?)i?b?\s*$/i.exec(text);
  if (match?.[1] === undefined) return undefined;
  return Math.floor(Number(match[1]) * (factors[(match[2] ?? '').toLowerCase()] ?? 1));
}

const nanoseconds: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Go's durations, `1m30s`. @returns nanoseconds. */
export function readDuration(text: string): number | undefined {
  const whole = text.trim();
  if (whole === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(whole)) return undefined;
  let sum = 0;
  for (const [, figure, unit] of whole.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) sum += Number(figure) * (nanoseconds[unit ?? ''] ?? 0);
  return Math.round(sum);
}

/** `NAME=value`; without the sign the value is empty. */
export function readPair(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Before the last colon, and after it. */
export function splitLast(text: string): [string, string] {
  const at = text.lastIndexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `a=1,"b=2,3",c`: fields of comma-separated values with quotation marks around those that hold a comma. */
export function readFields(text: string): [name: string, value: string][] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => readPair(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')).filter(([name]) => name !== '');
}

const isRate = (text: string, read: (rate: string) => number | undefined): boolean => {
  const [path, rate] = splitLast(text);
  return path.startsWith('/') && read(rate) !== undefined;
};
const isWhole = (text: string): boolean => /^-?\d+$/.test(text.trim());

const checks: Record<ValueForm, (text: string) => boolean> = {
  any: () => true,
  bytes: (text) => readBytes(text) !== undefined,
  swap: (text) => text.trim() === '-1' || readBytes(text) !== undefined,
  integer: isWhole,
  number: (text) => Number(text) > 0,
  duration: (text) => readDuration(text) !== undefined,
  pair: (text) => readPair(text)[0].trim() !== '',
  path: (text) => text.startsWith('/'),
  host: (text) => /^[^:=\s]+[:=]\S+$/.test(text),
  ulimit: (text) => /^\w+=-?\d+(?::-?\d+)?$/.test(text),
  weight: (text) => isRate(text, (rate) => (/^\d+$/.test(rate) ? Number(rate) : undefined)),
  rate: (text) => isRate(text, (rate) => (/^\d+$/.test(rate) ? Number(rate) : undefined)),
  bytesRate: (text) => isRate(text, readBytes),
  restart: (text) => /^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/.test(text),
  exposed: (text) => /^\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/.test(text),
  mac: (text) => /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i.test(text),
  tmpfs: (text) => text.startsWith('/'),
  mount: (text) => readFields(text).some(([name, value]) => /^(?:target|dst|destination)$/.test(name) && value !== ''),
  network: (text) => text.trim() !== '' && (!text.includes('=') || readFields(text).some(([name, value]) => name === 'name' && value !== '')),
  device: (text) => text.startsWith('/') || /^[\w.-]+\/[\w.-]+=\S+$/.test(text),
};

export const fits = (form: ValueForm, text: string): boolean => checks[form](text);
