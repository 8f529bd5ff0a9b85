import type { KeyboardEvent } from 'react';
import type { ContainerView } from '../../format/engine/container.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { askToRemove, openFirstPort, openLogs, openTerminal, pauseOrResume, restart, startOrStop } from './row-actions.ts';

/** Single letters of the list: on the selection, or on the active row. True when the key was one. */
export function doVerb(event: KeyboardEvent, chosen: readonly ContainerView[]): boolean {
  const [first] = chosen;
  if (first === undefined || !hasNoModifier(event) || event.shiftKey) return false;
  switch (event.key) {
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
      openLogs(chosen);
      return true;
    case 't':
      openTerminal(first);
      return true;
    case 'o':
      openFirstPort(first);
      return true;
    default:
      return false;
  }
}
