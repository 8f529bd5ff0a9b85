import { useEffect, type RefObject } from 'react';
import { hasNoModifier, isMod, isTyping } from '../../../format/keys.ts';
import { useDialogs } from '../../../stores/window/dialogs.ts';

/** The keys of a log: search, follow, newest line. */
export function useLogKeys({ field, isFollowing, onFollow }: { field: RefObject<HTMLInputElement | null>; isFollowing: boolean; onFollow(isOn: boolean): void }): void {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (useDialogs.getState().dialog !== undefined || event.defaultPrevented) return;
      if (isMod(event) && event.key.toLowerCase() === 'f') field.current?.focus();
      else if (isTyping(event.target) || !hasNoModifier(event)) return;
      else if (event.key === 'f' || event.key === 'F') onFollow(!isFollowing);
      else if (event.key === 'End') onFollow(true);
      else if (event.key === '/') field.current?.focus();
      else return;
      event.preventDefault();
    }
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });
}
