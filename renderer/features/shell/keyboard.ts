import { useEffect } from 'react';
import { hasNoModifier, isMac, isMod, isTyping } from '../../format/keys.ts';
import { openDialog, useDialogs } from '../../stores/window/dialogs.ts';
import { go } from '../../stores/window/navigation.ts';
import { undoLast } from '../../stores/window/toasts.ts';
import { destinations } from '../../stores/window/screens.ts';

const sequenceWithin = 1500;

/** The keys that work on every page. Those of a list or a page are handled by it, before these. */
export function useGlobalKeys(): void {
  useEffect(() => {
    let goPressedAt = Number.NEGATIVE_INFINITY;

    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || useDialogs.getState().dialog !== undefined) return;
      const isTerminal = event.target instanceof HTMLElement && event.target.closest('.xterm') !== null;
      const key = event.key.toLowerCase();
      // Outside macOS a shell needs Ctrl K itself, so the palette takes Shift with it there.
      if (key === 'k' && isMod(event, { shift: isTerminal && !isMac })) return take(event, () => openDialog({ kind: 'palette' }));
      if (event.key === 'F6') return take(event, () => focusRegion(event.shiftKey ? -1 : 1));
      if (isTerminal) return;
      if (key === 'n' && isMod(event)) return take(event, () => go({ page: 'run', image: '' }));
      if (key === 'j' && isMod(event)) return take(event, () => openDialog({ kind: 'history' }));
      if (event.key === ',' && isMod(event)) return take(event, () => go({ page: 'settings' }));
      if (event.key === '[' && isMod(event)) return take(event, () => history.back());
      if (event.key === ']' && isMod(event)) return take(event, () => history.forward());
      if (isTyping(event.target)) return;
      if (key === 'z' && isMod(event)) {
        if (undoLast()) event.preventDefault();
        return;
      }
      if (!hasNoModifier(event)) return;

      if (event.key === '?') return take(event, () => openDialog({ kind: 'keys' }));
      if (event.shiftKey) return;
      if (key === 'g') goPressedAt = performance.now();
      else if (key === 'n') take(event, () => go({ page: 'run', image: '' }));
      else if (key === '/') {
        const filter = document.querySelector<HTMLInputElement>('input[type=search]');
        if (filter !== null) take(event, () => filter.focus());
      }
    }

    /** The second key of "G then L" comes before the list, where L alone means something else. */
    function onKeyDownFirst(event: KeyboardEvent): void {
      const place = destinations().find(({ key }) => key === event.key.toUpperCase())?.route;
      const isSecond = performance.now() - goPressedAt < sequenceWithin;
      if (event.key !== 'Shift') goPressedAt = Number.NEGATIVE_INFINITY;
      if (!isSecond || place === undefined || isTyping(event.target) || !hasNoModifier(event)) return;
      event.stopPropagation();
      take(event, () => go(place));
    }

    addEventListener('keydown', onKeyDownFirst, { capture: true });
    addEventListener('keydown', onKeyDown);
    return () => {
      removeEventListener('keydown', onKeyDownFirst, { capture: true });
      removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

function take(event: KeyboardEvent, action: () => void): void {
  event.preventDefault();
  action();
}

const regions = ['sidebar', 'top', 'sub', 'list', 'strip'];
const focusable = 'a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex="0"]';

/** F6: the next region that is there and has something to focus. */
function focusRegion(step: 1 | -1): void {
  const present = regions
    .map((name) => document.querySelector<HTMLElement>(`[data-region="${name}"]`))
    .filter((element) => element !== null)
    .filter((element) => element.matches(focusable) || element.querySelector(focusable) !== null);
  const current = present.findIndex((element) => element.contains(document.activeElement));
  const next = present.at(current < 0 ? 0 : (current + step) % present.length);
  const target = next?.matches(focusable) === true ? next : next?.querySelector<HTMLElement>('[tabindex="0"]') ?? next?.querySelector<HTMLElement>(focusable);
  target?.focus();
}
