import { InvalidParameterError } from '../../errors.ts';

/** Filter names with the values asked for; a name is only present with at least one value or an empty list. */
export type Filters = Record<string, string[]>;

/**
 * Reads the `filters` parameter in both spellings: a map of maps (`{"label":{"a=b":true}}`, Go clients) and a map of
 * lists (`{"label":["a=b"]}`, docker-py and dockerode). In the former, the keys count whatever their value, as in moby.
 * @throws InvalidParameterError `invalid filter`
 */
export function parseFilters(text: string): Filters {
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidParameterError('invalid filter');
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new InvalidParameterError('invalid filter');
  return Object.fromEntries(Object.entries(value).map(([name, values]) => [name, valuesOf(values)]));
}

function valuesOf(values: unknown): string[] {
  if (values === null) return [];
  if (Array.isArray(values) && values.every((item) => typeof item === 'string')) return values;
  if (typeof values === 'object' && !Array.isArray(values) && Object.values(values as object).every((item) => typeof item === 'boolean')) {
    return Object.keys(values as object);
  }
  throw new InvalidParameterError('invalid filter');
}
