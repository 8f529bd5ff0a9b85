import { InvalidParameterError } from '../../errors.ts';
import { parseMoment, parseTimestamp } from '../../lib/time/timestamp.ts';
import { predefinedNames, type NetworkRecord } from './network-record.ts';

type Accept = (record: NetworkRecord, isUsed: boolean) => boolean;
type Filters = Record<string, string[]>;

const listFilters = ['dangling', 'driver', 'id', 'label', 'label!', 'name', 'scope', 'type'];
const pruneFilters = ['label', 'label!', 'until'];

/**
 * Values of one filter are alternatives, but labels must all be there. Source: moby `daemon/network/filter.go`.
 * @throws InvalidParameterError `invalid filter 'foo'`
 */
export function networkFilter(filters: Filters): Accept {
  refuseOthers(filters, listFilters);
  const dangling = oneBoolean(filters, 'dangling');
  for (const value of filters.type ?? []) if (value !== 'custom' && value !== 'builtin') throw new InvalidParameterError(`invalid filter: 'type'='${value}'`);
  const isBuiltin = (record: NetworkRecord) => predefinedNames.includes(record.name);
  return (record, isUsed) =>
    any(filters.driver, (value) => record.driver === value) &&
    any(filters.id, (value) => matches(record.id, value)) &&
    any(filters.name, (value) => matches(record.name, value)) &&
    any(filters.scope, (value) => value === 'local') &&
    any(filters.type, (value) => (value === 'builtin') === isBuiltin(record)) &&
    hasLabels(record, filters) &&
    (dangling === undefined || (dangling ? !isUsed && !isBuiltin(record) : isUsed || isBuiltin(record)));
}

/** Networks that are not in use are pruned when they also pass these. @throws InvalidParameterError */
export function pruneFilter(filters: Filters): (record: NetworkRecord) => boolean {
  refuseOthers(filters, pruneFilters);
  if ((filters.until?.length ?? 0) > 1) throw new InvalidParameterError('more than one until filter specified');
  const until = filters.until?.[0] === undefined ? undefined : moment(filters.until[0]);
  return (record) => !predefinedNames.includes(record.name) && hasLabels(record, filters) && (until === undefined || (parseTimestamp(record.created) ?? 0n) < until);
}

function refuseOthers(filters: Filters, known: string[]): void {
  const unknown = Object.keys(filters).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new InvalidParameterError(`invalid filter '${unknown}'`);
}

function any(values: string[] | undefined, passes: (value: string) => boolean): boolean {
  return values === undefined || values.length === 0 || values.some(passes);
}

/** Part of it, or a regular expression: what moby's `filters.Match` accepts. */
function matches(text: string, value: string): boolean {
  if (text.includes(value)) return true;
  try {
    return new RegExp(value).test(text);
  } catch {
    return false;
  }
}

function hasLabels({ labels }: NetworkRecord, filters: Filters): boolean {
  const has = (label: string) => {
    const [name = '', ...value] = label.split('=');
    return Object.hasOwn(labels, name) && (value.length === 0 || labels[name] === value.join('='));
  };
  return (filters.label ?? []).every(has) && !(filters['label!'] ?? []).some(has);
}

function oneBoolean(filters: Filters, name: string): boolean | undefined {
  const values = filters[name] ?? [];
  if (values.length === 0) return undefined;
  const yes = values.some((value) => value === '1' || value === 'true');
  const no = values.some((value) => value === '0' || value === 'false');
  if (yes === no || values.length > 1) throw new InvalidParameterError(`invalid filter '${name}=[${values.join(' ')}]'`);
  return yes;
}

/** A time, or a duration back from now: `10m`, `1h30m`. */
function moment(text: string): bigint {
  const absolute = parseMoment(text);
  if (absolute !== undefined) return absolute;
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) throw new InvalidParameterError(`invalid filter 'until=${text}': failed to parse value as time or duration: "${text}"`);
  const back = parts.reduce((sum, part) => sum + Number(part[1]) * units[part[2]!]!, 0);
  return BigInt(Math.floor(Date.now() - back)) * 1_000_000n;
}
