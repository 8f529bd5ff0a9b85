import { useEffect } from 'react';
import { isMod, isTyping } from '../../format/keys.ts';
import { containerPanels } from '../../stores/window/screens.ts';
import { useDialogs } from '../../stores/window/dialogs.ts';
import { go, type DetailsTab } from '../../stores/window/navigation.ts';

/** Ctrl/⌘ 1…8 picks a tab, L and T go to theirs, Escape leaves for the list. */
export function useDetailsKeys(pick: (tab: DetailsTab) => void): void {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || useDialogs.getState().dialog !== undefined) return;
      const numbered = containerPanels()[Number(event.key) - 1]?.tab;
      if (isMod(event) && numbered !== undefined) {
        event.preventDefault();
        pick(numbered);
        return;
      }
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
      if (event.key === 'l') pick('logs');
      else if (event.key === 't') pick('terminal');
      else if (event.key === 'Escape' && document.querySelector('[role=menu], [role=dialog]') === null) go({ page: 'containers' });
      else return;
      event.preventDefault();
    }
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });
}
