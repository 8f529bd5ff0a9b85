/** What no two engines have in common, replaced by names, so that all else can be compared to the letter. */
export interface Masks {
  /** Folders of this engine, longest first. */
  folders: [path: string, name: string][];
}

/** Moments that mean something: never, and what the test image says. */
const meaningfulTimes = ['0001-01-01T00:00:00Z', '2026-01-01T00:00:00Z'];
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g;

/** Numbers of which only the presence can be compared. */
const volatileNumbers = new Set(['Created', 'CreatedAt', 'Pid', 'time', 'timeNano', 'NFd', 'NGoroutines', 'SizeRw', 'current', 'total']);

export function normalise(value: unknown, masks: Masks, key = ''): unknown {
  if (typeof value === 'string') return normaliseText(value, masks, key);
  if (typeof value === 'number') return volatileNumbers.has(key) && value !== 0 ? '<number>' : value;
  if (Array.isArray(value)) return value.map((item) => normalise(item, masks, key));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [normaliseText(name, masks, ''), normalise(item, masks, name)]));
  }
  return value;
}

function normaliseText(text: string, masks: Masks, key: string): string {
  if (key === 'HostPort' && Number(text) >= 32768) return '<port>';
  let result = text;
  for (const [path, name] of masks.folders) result = result.replaceAll(path, name);
  return result
    .replace(time, (found) => (meaningfulTimes.includes(found) ? found : '<time>'))
    .replace(/(?<!sha256:)(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g, '<id>')
    .replace(/(?<![0-9a-f:])[0-9a-f]{12}(?![0-9a-f])/g, '<short id>')
    .replace(/(?<![0-9a-f:])([0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])/g, '<mac>');
}
