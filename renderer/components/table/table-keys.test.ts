import { describe, expect, test } from 'vitest';
import type { KeyboardEvent } from 'react';
import { linesOf, withGroup } from './lines.ts';
import { handleTableKey } from './table-keys.ts';

interface Row {
  name: string;
  group?: string;
}
const keyOf = (row: Row): string => row.name;
const rows: Row[] = [{ name: 'a', group: 'shop' }, { name: 'b', group: 'shop' }, { name: 'c' }];
const lines = linesOf(rows, keyOf, { keyOf: ({ group }) => group, head: () => null, folded: new Set(), onFold: () => undefined });

/** The table as a person's keys leave it. */
function press(...keys: string[]): string[] {
  let at = 0;
  let anchor: string | undefined;
  let selected: ReadonlySet<string> = new Set();
  for (const chord of keys) {
    const key = chord.replace(/^(?:ctrl|shift)\+/, '');
    const event = { key, shiftKey: chord.startsWith('shift+'), ctrlKey: chord.startsWith('ctrl+'), metaKey: false, altKey: false, preventDefault: () => undefined, stopPropagation: () => undefined } as unknown as KeyboardEvent;
    handleTableKey<Row>(event, {
      lines,
      active: lines[at] as (typeof lines)[number],
      activate: (index) => lines[(at = Math.max(0, Math.min(lines.length - 1, index)))],
      selection: { keys: selected, onChange: (next) => (selected = next) },
      keyOf,
      anchorKey: anchor,
      setAnchorKey: (next) => (anchor = next),
      onFold: undefined,
      onOpen: undefined,
      onRowKey: undefined,
      openMenu: undefined,
    });
  }
  return [...selected].sort();
}

describe('selecting by keyboard', () => {
  test('Space picks a row, Shift with arrows goes on from there, over headings', () => {
    expect(press('ArrowDown', ' ')).toEqual(['a']);
    expect(press('ArrowDown', 'shift+ArrowDown')).toEqual(['a', 'b']);
    expect(press('ArrowDown', 'ArrowDown', 'shift+ArrowDown', 'shift+ArrowDown')).toEqual(['b', 'c']);
    expect(press('ArrowDown', 'shift+ArrowDown', 'shift+ArrowUp')).toEqual(['a']);
  });

  test('all and none', () => {
    expect(press('ctrl+a')).toEqual(['a', 'b', 'c']);
    expect(press('ctrl+a', 'Escape')).toEqual([]);
  });

  test('Space on a heading picks its rows, and again lets them go', () => {
    expect(press(' ')).toEqual(['a', 'b']);
    expect(press(' ', ' ')).toEqual([]);
    expect([...withGroup(new Set(['a', 'c']), ['a', 'b'])]).toEqual(['a', 'c', 'b']);
  });
});
