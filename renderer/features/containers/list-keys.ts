import type { KeyboardEvent } from 'react';
import type { ContainerView } from '../../format/engine/container.ts';
import { hasNoModifier, isMod } from '../../format/keys.ts';
import { clearSelection, selectOnly, selectRange, setFolded, toggleSelected, useContainerList } from '../../stores/containers/container-list.ts';
import { containerIds, type FlatRow } from './flat-rows.ts';
import { askToRemove, openDetails, openFirstPort, openLogs, openTerminal, pauseOrResume, restart, startOrStop, viewsOf } from './row-actions.ts';

interface ListContext {
  rows: readonly FlatRow[];
  active: FlatRow;
  activate(index: number): void;
  openMenu(view: ContainerView): void;
}

const page = 10;

/** The keys of the list: moving, folding, selecting, and single letters that act on the selection or on the active row. */
export function handleListKey(event: KeyboardEvent, context: ListContext): void {
  const done = move(event, context) || select(event, context) || doVerb(event, context);
  if (done) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function move(event: KeyboardEvent, { rows, active, activate }: ListContext): boolean {
  if (!hasNoModifier(event)) return false;
  const index = rows.indexOf(active);
  const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1, PageDown: index + page, PageUp: index - page };
  const target = targets[event.key];
  if (target !== undefined) {
    const row = rows[Math.max(0, Math.min(rows.length - 1, target))];
    if (event.shiftKey && row?.kind === 'container') {
      if (useContainerList.getState().anchor === undefined && active.kind === 'container') useContainerList.setState({ anchor: active.key });
      selectRange(containerIds(rows), row.key);
    }
    activate(target);
    return true;
  }
  if (event.key === 'ArrowLeft') {
    if (active.kind === 'group') setFolded(active.key, true);
    else activate(rows.findIndex(({ key }) => key === active.group));
    return true;
  }
  if (event.key === 'ArrowRight' && active.kind === 'group') {
    if (active.isFolded) setFolded(active.key, false);
    else activate(index + 1);
    return true;
  }
  return false;
}

function select(event: KeyboardEvent, { rows, active }: ListContext): boolean {
  if (isMod(event) && event.key.toLowerCase() === 'a') {
    selectOnly(containerIds(rows));
    return true;
  }
  if (!hasNoModifier(event)) return false;
  if (event.key === 'Escape' && Object.keys(useContainerList.getState().selected).length > 0) {
    clearSelection();
    return true;
  }
  if (event.key !== ' ') return false;
  if (active.kind === 'container') toggleSelected(active.key);
  else setFolded(active.key, !active.isFolded);
  return true;
}

function doVerb(event: KeyboardEvent, { rows, active, openMenu }: ListContext): boolean {
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    if (active.kind !== 'container') return false;
    openMenu(active.view);
    return true;
  }
  if (!hasNoModifier(event) || event.shiftKey) return false;
  const selected = Object.keys(useContainerList.getState().selected);
  const shown = new Set(containerIds(rows));
  const chosen = selected.length > 0 ? viewsOf(selected.filter((id) => shown.has(id))) : active.kind === 'container' ? [active.view] : [];
  const [first] = chosen;
  switch (event.key) {
    case 'Enter':
      if (active.kind === 'group') setFolded(active.key, !active.isFolded);
      else openDetails(active.view);
      return true;
    case 's':
      void startOrStop(chosen);
      return true;
    case 'r':
      void restart(chosen);
      return true;
    case 'p':
      void pauseOrResume(chosen);
      return true;
    case 'Delete':
    case 'Backspace':
      askToRemove(chosen);
      return true;
    case 'l':
    case 't':
    case 'o':
      // `l` may be the second key of "G then L", which the page's keys know.
      if (first === undefined || active.kind !== 'container') return false;
      if (event.key === 'l') openLogs(active.view);
      else if (event.key === 't') openTerminal(active.view);
      else openFirstPort(active.view);
      return true;
    default:
      return false;
  }
}
