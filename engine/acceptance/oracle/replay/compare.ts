import type { Step } from './oracle-case.ts';
import { normalise } from './normalise.ts';
import type { Masks } from './normalise.ts';
import type { Reply } from './wire.ts';

export interface Difference {
  /** `status`, `header.content-type`, `body.State.Status`, `body.0.Names`. */
  path: string;
  ours: unknown;
  theirs: unknown;
}

/** A place where one side has nothing. */
export const absent = Symbol('absent');

/** Headers that clients read. Others (`Date`, `Content-Length`, …) follow from the transport. */
const comparedHeaders = [
  'content-type', 'ostype', 'docker-experimental', 'cache-control', 'pragma', 'swarm', 'builder-version', 'location',
  'x-docker-container-path-stat', 'upgrade', 'www-authenticate', 'access-control-allow-origin',
];

export interface Side {
  reply: Reply;
  masks: Masks;
}

/** Everything in which two answers differ, but for what the step lets differ. */
export function compareReplies(step: Step, ours: Side, theirs: Side): Difference[] {
  const differences: Difference[] = [];
  const note = (path: string, left: unknown, right: unknown) => differences.push({ path, ours: left, theirs: right });
  if (step.compare === 'nothing') return [];
  if (ours.reply.status !== theirs.reply.status) note('status', ours.reply.status, theirs.reply.status);
  if (ours.reply.cutOff !== theirs.reply.cutOff) note('end', ours.reply.cutOff ? 'none in time' : 'in time', theirs.reply.cutOff ? 'none in time' : 'in time');
  for (const name of comparedHeaders) {
    const [left, right] = [headerOf(ours, name), headerOf(theirs, name)];
    if (JSON.stringify(left) !== JSON.stringify(right)) compareValues(`header.${name}`, left ?? absent, right ?? absent, 'values', note);
  }
  if (step.compare !== 'status') {
    const [left, right] = asLines(bodyOf(ours, step), bodyOf(theirs, step));
    compareValues('body', left, right, step.compare ?? 'values', note);
  }
  const ignored = (step.ignore ?? []).map(globPattern);
  return differences.filter(({ path }) => !ignored.some((pattern) => pattern.test(path)));
}

function headerOf(side: Side, name: string): unknown {
  const value = side.reply.headers[name];
  if (name === 'x-docker-container-path-stat' && typeof value === 'string') {
    try {
      return normalise(JSON.parse(Buffer.from(value, 'base64').toString()), side.masks);
    } catch {
      return value;
    }
  }
  return typeof value === 'string' ? normalise(value, side.masks) : value;
}

function bodyOf(side: Side, step: Step): unknown {
  const body = normalise(side.reply.body, side.masks);
  return (step.sortBy === undefined ? body : sorted(body, step.sortBy)) ?? absent;
}

/** A stream of one line looks like a plain object: where the other side has several, it is a list of one. */
function asLines(left: unknown, right: unknown): [unknown, unknown] {
  const isLines = (value: unknown) => value !== null && typeof value === 'object' && Object.keys(value).join() === 'lines';
  const wrap = (value: unknown) => (value === absent ? { lines: [] } : isLines(value) || typeof value !== 'object' ? value : { lines: [value] });
  return isLines(left) || isLines(right) ? [wrap(left), wrap(right)] : [left, right];
}

function sorted(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const rank = (item: unknown) => JSON.stringify((item as Record<string, unknown> | null)?.[key] ?? item);
    return value.map((item) => sorted(item, key)).sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sorted(item, key)]));
}

function compareValues(path: string, left: unknown, right: unknown, mode: 'values' | 'shape', note: (path: string, left: unknown, right: unknown) => void): void {
  if (kindOf(left) !== kindOf(right)) return note(path, left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    if (mode === 'values' && left.length !== right.length) note(`${path}.length`, left, right);
    const shared = mode === 'values' ? Math.min(left.length, right.length) : Math.min(left.length, right.length, 1);
    for (let index = 0; index < shared; index += 1) compareValues(`${path}.${index}`, left[index], right[index], mode, note);
    return;
  }
  if (left !== null && typeof left === 'object') {
    const [a, b] = [left as Record<string, unknown>, right as Record<string, unknown>];
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compareValues(`${path}.${key}`, key in a ? a[key] : absent, key in b ? b[key] : absent, mode, note);
    }
    return;
  }
  if (mode === 'values' && left !== right) note(path, left, right);
}

/** `null`, `[]` and `{}` are three things to a client, and so is a key that is not there. */
function kindOf(value: unknown): string {
  if (value === absent) return 'absent';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

export function globPattern(glob: string): RegExp {
  const source = glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*\*/g, '\u0000').replace(/\*/g, '[^.]+').replace(/\u0000/g, '.*');
  return new RegExp(`^${source}$`);
}
