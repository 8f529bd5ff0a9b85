import { useSettings } from '../settings.ts';

/** A browser keeps Ctrl/⌘ N for itself, so the web shell shows the plain letter, which works in both. */
export function useRunChord(): string {
  return useSettings(({ facts }) => (facts?.shell === 'electron' ? 'mod+N' : 'N'));
}
