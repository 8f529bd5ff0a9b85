/** A line of a JSON tree. */
export interface JsonLine {
  /** `/State/Health/Log/0`: a JSON pointer (RFC 6901). */
  path: string;
  depth: number;
  /** The field's name or the entry's number; undefined at the root. */
  name: string | undefined;
  kind: 'list' | 'object' | 'string' | 'number' | 'word';
  /** Of a value. */
  text: string;
  /** Of a list or object: how much is in it, and whether it is unfolded. */
  size: number;
  isOpen: boolean | undefined;
}

/** The lines that show, in order. The root of an object or list has no line of its own. */
export function jsonLines(value: unknown, isOpen: (path: string, depth: number) => boolean): JsonLine[] {
  const lines: JsonLine[] = [];
  const entriesOf = (parent: object): [string, unknown][] => (Array.isArray(parent) ? parent.map((item, index): [string, unknown] => [String(index), item]) : Object.entries(parent));
  const add = (name: string | undefined, item: unknown, path: string, depth: number): void => {
    if (typeof item !== 'object' || item === null) return void lines.push({ path, depth, name, ...valueOf(item), size: 0, isOpen: undefined });
    const entries = entriesOf(item);
    const open = entries.length > 0 && isOpen(path, depth);
    lines.push({ path, depth, name, kind: Array.isArray(item) ? 'list' : 'object', text: '', size: entries.length, isOpen: open });
    if (open) for (const [key, child] of entries) add(key, child, `${path}/${escapePointer(key)}`, depth + 1);
  };
  if (typeof value !== 'object' || value === null) add(undefined, value, '', 0);
  else for (const [key, child] of entriesOf(value)) add(key, child, `/${escapePointer(key)}`, 0);
  return lines;
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function valueOf(value: unknown): { kind: 'string' | 'number' | 'word'; text: string } {
  if (typeof value === 'string') return { kind: 'string', text: JSON.stringify(value) };
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  return { kind: 'word', text: String(value) };
}
