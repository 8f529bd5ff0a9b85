import { chordLabel } from '../../format/keys.ts';

/** One cap per chord, in the quietest ink. Hidden from screen readers: the keys are announced by `aria-keyshortcuts` where it matters. */
export function KeyCap({ chord }: { chord: string }) {
  return (
    <kbd className="key-cap" aria-hidden="true">
      {chordLabel(chord)}
    </kbd>
  );
}
