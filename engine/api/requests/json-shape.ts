import { InvalidParameterError } from '../../errors.ts';

/**
 * Checks the types of a JSON body as Go's decoder does for moby: known fields must have their type, `null` is allowed
 * everywhere, unknown fields pass.
 */
export type Shape =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'any'
  /** A list of words, or one word: moby's StrSlice. */
  | 'words'
  | { list: Shape }
  | { map: Shape }
  | { fields: Record<string, Shape> };

/** Integers are 64 bits wide. */
const largestInteger = 2 ** 63;

/**
 * @param value a `null` in a list or map of plain values becomes the empty one in place, as in Go
 * @throws InvalidParameterError naming the field and what was expected
 */
export function checkShape(value: unknown, shape: Shape, path = ''): void {
  if (value === null || value === undefined || shape === 'any') return;
  if (shape === 'string' || shape === 'boolean') {
    if (typeof value !== shape) refuse(value, path, `a ${shape}`);
  } else if (shape === 'integer') {
    if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) >= largestInteger) refuse(value, path, 'an integer');
  } else if (shape === 'words') {
    if (typeof value !== 'string') checkShape(value, { list: 'string' }, path);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) refuse(value, path, 'a list');
    const items = value as unknown[];
    for (const [index, item] of items.entries()) {
      if (item === null) items[index] = emptyValue(shape.list) ?? refuse(item, `${path}[${index}]`, 'an object');
      else checkShape(item, shape.list, `${path}[${index}]`);
    }
  } else {
    if (typeof value !== 'object' || Array.isArray(value)) refuse(value, path, 'an object');
    const entries = value as Record<string, unknown>;
    if ('map' in shape) {
      for (const [key, item] of Object.entries(entries)) {
        if (item === null && typeof shape.map === 'string') entries[key] = emptyValue(shape.map);
        else checkShape(item, shape.map, join(path, key));
      }
      return;
    }
    spellFields(entries, shape.fields);
    for (const [key, field] of Object.entries(shape.fields)) checkShape(Object.hasOwn(entries, key) ? entries[key] : undefined, field, join(path, key));
  }
}

/** Go takes the names of fields in any case; here they get the spelling of the API, in place. The exact one wins. */
function spellFields(entries: Record<string, unknown>, fields: Record<string, Shape>): void {
  for (const key of Object.keys(entries)) {
    if (Object.hasOwn(fields, key)) continue;
    const name = Object.keys(fields).find((field) => field.length === key.length && field.toLowerCase() === key.toLowerCase());
    if (name === undefined) continue;
    if (!Object.hasOwn(entries, name)) entries[name] = entries[key];
    delete entries[key];
  }
}

function emptyValue(shape: Shape): unknown {
  if (shape === 'string') return '';
  if (shape === 'boolean') return false;
  if (shape === 'integer') return 0;
  return shape === 'words' || (typeof shape === 'object' && 'list' in shape) ? [] : undefined;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function refuse(value: unknown, path: string, expected: string): never {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'number' && expected === 'an integer' ? `number ${value}` : typeof value;
  throw new InvalidParameterError(`invalid JSON: cannot use ${kind} for ${path === '' ? 'the body' : path}: ${expected} is expected`);
}
