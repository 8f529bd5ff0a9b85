/** A line that is a JSON object, as services log. */
export type JsonLine = Readonly<Record<string, unknown>>;

const longest = 100_000;
const known = new WeakMap<object, JsonLine | null>();

/** undefined when the line is none. @param line the same object for the same line, for which the answer is kept */
export function jsonOf(line: { text: string }): JsonLine | undefined {
  let json = known.get(line);
  if (json === undefined) known.set(line, (json = parse(line.text)));
  return json ?? undefined;
}

function parse(text: string): JsonLine | null {
  if (!text.startsWith('{') || !text.trimEnd().endsWith('}') || text.length > longest) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 ? (value as JsonLine) : null;
  } catch {
    return null;
  }
}

/** What the other columns tell already. */
const told = /^(?:time|ts|timestamp|@timestamp|level|lvl|severity)$/i;
const messages = /^(?:msg|message|text|event)$/i;
const columnsAtMost = 6;

/** The fields that most of the lines have, the message first. */
export function columnsOf(lines: readonly JsonLine[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) for (const key of Object.keys(line)) if (!told.test(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .sort(([a, many], [b, more]) => Number(messages.test(b)) - Number(messages.test(a)) || more - many)
    .slice(0, columnsAtMost)
    .map(([key]) => key);
}

export const isMessage = (key: string): boolean => messages.test(key);

/** The field that ties the lines of one request together. */
export function traceOf(line: JsonLine): string | undefined {
  const [, value] = Object.entries(line).find(([key, each]) => /^(?:trace|request|correlation|span)[_.-]?id$/i.test(key) && typeof each === 'string' && each !== '') ?? [];
  return value as string | undefined;
}

/** As it stands in a cell. */
export function cellText(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
