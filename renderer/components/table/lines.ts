import { compareNames } from '../../i18n/intl.ts';
import type { Grouping, TableLine } from './table-types.ts';

const groupKey = (group: string | undefined): string => `group:${group ?? ''}`;

/** Sorted rows with their headings, projects by name and the rest last; a heading over everything says nothing and is left out. */
export function linesOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string, grouping: Grouping<Row> | undefined): TableLine<Row>[] {
  const plain = (row: Row): TableLine<Row> => ({ kind: 'row', key: keyOf(row), row });
  if (grouping === undefined) return rows.map(plain);
  const groups = new Map<string | undefined, Row[]>();
  for (const row of rows) {
    const group = grouping.keyOf(row);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [row]);
    else members.push(row);
  }
  if ([...groups.keys()].every((group) => group === undefined)) return rows.map(plain);
  const inOrder = [...groups].sort(([a], [b]) => Number(a === undefined) - Number(b === undefined) || compareNames(a ?? '', b ?? ''));
  return inOrder.flatMap(([group, members]): TableLine<Row>[] => {
    const key = groupKey(group);
    const isFolded = grouping.folded.has(key);
    return [{ kind: 'group', key, group, rows: members, isFolded }, ...(isFolded ? [] : members.map(plain))];
  });
}

/** The keys of all rows between two, in the order shown; the second alone when the first is gone. */
export function rangeOf<Row>(lines: readonly TableLine<Row>[], from: string | undefined, to: string): string[] {
  const keys = lines.flatMap((line) => (line.kind === 'row' ? [line.key] : []));
  const end = keys.indexOf(to);
  const start = from === undefined ? end : keys.indexOf(from);
  if (end < 0) return [];
  return start < 0 ? [to] : keys.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** All of a group are selected, or none of it where all were. */
export function withGroup(selected: ReadonlySet<string>, members: readonly string[]): ReadonlySet<string> {
  const next = new Set(selected);
  const isAll = members.every((key) => next.has(key));
  for (const key of members) {
    if (isAll) next.delete(key);
    else next.add(key);
  }
  return next;
}
