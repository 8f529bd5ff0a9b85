import { describe, expect, test } from 'vitest';
import { linesOf, rangeOf } from './lines.ts';

interface Row {
  name: string;
  group?: string;
}
const rows: Row[] = [{ name: 'x' }, { name: 'b', group: 'shop-10' }, { name: 'a', group: 'shop-2' }, { name: 'c', group: 'shop-10' }];
const keyOf = (row: Row): string => row.name;
const grouping = (folded: string[] = []) => ({ keyOf: (row: Row) => row.group, head: () => null, folded: new Set(folded), onFold: () => undefined });
const keys = (folded?: string[]): string[] => linesOf(rows, keyOf, grouping(folded)).map(({ key }) => key);

describe('lines of a table', () => {
  test('groups come by name with numbers as numbers, rows without one last, rows in their own order', () => {
    expect(keys()).toEqual(['group:shop-2', 'a', 'group:shop-10', 'b', 'c', 'group:', 'x']);
  });

  test('a folded group keeps its heading', () => {
    expect(keys(['group:shop-10'])).toEqual(['group:shop-2', 'a', 'group:shop-10', 'group:', 'x']);
  });

  test('without any group there is no heading', () => {
    expect(linesOf([{ name: 'x' }], keyOf, grouping()).map(({ kind }) => kind)).toEqual(['row']);
  });

  test('a range runs both ways and skips headings and what is folded', () => {
    const lines = linesOf(rows, keyOf, grouping());
    expect(rangeOf(lines, 'a', 'x')).toEqual(['a', 'b', 'c', 'x']);
    expect(rangeOf(lines, 'c', 'a')).toEqual(['a', 'b', 'c']);
    expect(rangeOf(linesOf(rows, keyOf, grouping(['group:shop-10'])), 'a', 'x')).toEqual(['a', 'x']);
    expect(rangeOf(lines, 'gone', 'b')).toEqual(['b']);
    expect(rangeOf(lines, 'a', 'gone')).toEqual([]);
  });
});
