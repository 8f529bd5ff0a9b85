import { InvalidParameterError } from '../errors.ts';

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

/** @throws InvalidParameterError naming the field and what was expected */
export function checkShape(value: unknown, shape: Shape, path = ''): void {
  if (value === null || value === undefined || shape === 'any') return;
  if (shape === 'string' || shape === 'boolean') {
    if (typeof value !== shape) refuse(value, path, `a ${shape}`);
  } else if (shape === 'integer') {
    if (typeof value !== 'number' || !Number.isInteger(value)) refuse(value, path, 'an integer');
  } else if (shape === 'words') {
    if (typeof value !== 'string') checkShape(value, { list: 'string' }, path);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) refuse(value, path, 'a list');
    for (const [index, item] of (value as unknown[]).entries()) checkShape(item, shape.list, `${path}[${index}]`);
  } else {
    if (typeof value !== 'object' || Array.isArray(value)) refuse(value, path, 'an object');
    if ('map' in shape) for (const [key, item] of Object.entries(value as object)) checkShape(item, shape.map, join(path, key));
    else for (const [key, field] of Object.entries(shape.fields)) checkShape((value as Record<string, unknown>)[key], field, join(path, key));
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function refuse(value: unknown, path: string, expected: string): never {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'number' && expected === 'an integer' ? `number ${value}` : typeof value;
  throw new InvalidParameterError(`invalid JSON: cannot use ${kind} for ${path === '' ? 'the body' : path}: ${expected} is expected`);
}
