import type { KeyboardEvent } from 'react';
import { hasNoModifier, isMod } from '../../format/keys.ts';
import { rangeOf, withGroup } from './lines.ts';
import type { Selection, TableLine } from './table-types.ts';

export interface TableKeysContext<Row> {
  lines: readonly TableLine<Row>[];
  active: TableLine<Row>;
  activate(index: number): TableLine<Row> | undefined;
  selection: Selection | undefined;
  keyOf(row: Row): string;
  anchorKey: string | undefined;
  setAnchorKey(key: string | undefined): void;
  onFold: ((key: string, isFolded: boolean) => void) | undefined;
  onOpen: ((row: Row) => void) | undefined;
  onRowKey: ((event: KeyboardEvent) => boolean) | undefined;
  openMenu: ((row: Row) => void) | undefined;
}

const page = 10;

/** Moving, folding, selecting, the row's menu; what is left goes to the table's owner. */
export function handleTableKey<Row>(event: KeyboardEvent, context: TableKeysContext<Row>): void {
  if (!takeTableKey(event, context) && context.onRowKey?.(event) !== true) return;
  event.preventDefault();
  event.stopPropagation();
}

function takeTableKey<Row>(event: KeyboardEvent, context: TableKeysContext<Row>): boolean {
  const { lines, active, activate, selection, onOpen, openMenu, onFold } = context;
  const index = lines.indexOf(active);
  const target = targetOf(event.key, index, lines.length);
  if (target !== undefined && hasNoModifier(event)) {
    const line = activate(target);
    if (event.shiftKey && selection !== undefined) {
      const from = context.anchorKey ?? (active.kind === 'row' ? active.key : undefined);
      context.setAnchorKey(from);
      if (line?.kind === 'row') selection.onChange(new Set(rangeOf(lines, from, line.key)));
    }
    return true;
  }
  if (selection !== undefined && isMod(event) && event.key.toLowerCase() === 'a') {
    selection.onChange(new Set(lines.flatMap((line) => (line.kind === 'row' ? [line.key] : []))));
    return true;
  }
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    if (active.kind !== 'row' || openMenu === undefined) return false;
    openMenu(active.row);
    return true;
  }
  if (!hasNoModifier(event) || event.shiftKey) return false;
  if (event.key === 'Escape' && selection !== undefined && selection.keys.size > 0) {
    context.setAnchorKey(undefined);
    selection.onChange(new Set());
    return true;
  }
  if (event.key === ' ' && active.kind === 'group' && selection !== undefined) {
    selection.onChange(withGroup(selection.keys, active.rows.map(context.keyOf)));
    return true;
  }
  if (active.kind === 'group') {
    if (event.key === 'ArrowRight' && !active.isFolded) {
      activate(index + 1);
      return true;
    }
    if (!['ArrowLeft', 'ArrowRight', 'Enter', ' '].includes(event.key)) return false;
    onFold?.(active.key, event.key === 'ArrowLeft' || (event.key !== 'ArrowRight' && !active.isFolded));
    return true;
  }
  if (event.key === ' ' && selection !== undefined) {
    const keys = new Set(selection.keys);
    if (!keys.delete(active.key)) keys.add(active.key);
    context.setAnchorKey(active.key);
    selection.onChange(keys);
    return true;
  }
  if (event.key === 'ArrowLeft') {
    const heading = lines.findLastIndex((line, at) => at < index && line.kind === 'group');
    if (heading < 0) return false;
    activate(heading);
    return true;
  }
  if (event.key !== 'Enter' || onOpen === undefined) return false;
  onOpen(active.row);
  return true;
}

function targetOf(key: string, index: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return index - 1;
    case 'PageDown':
      return index + page;
    case 'PageUp':
      return index - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
