/** The platform that the keyboard belongs to: the window's, also where `main` runs elsewhere. */
export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const macSigns: Record<string, string> = { mod: '⌘', shift: '⇧', alt: '⌥', ctrl: '⌃' };
const otherNames: Record<string, string> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', ctrl: 'Ctrl' };
const signs: Record<string, string> = { enter: '↵', backspace: isMac ? '⌫' : 'Del', esc: 'esc', up: '↑', down: '↓', left: '←', right: '→' };

/** `mod+N` → `⌘N` on macOS, `Ctrl N` elsewhere. */
export function chordLabel(chord: string): string {
  if (chord.includes(', ')) return chord.split(', ').map(chordLabel).join(', ');
  const parts = chord.split('+').map((part) => (isMac ? macSigns[part] : otherNames[part]) ?? signs[part] ?? part);
  return isMac ? parts.join('') : parts.join(' ');
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/** Command on macOS, Ctrl elsewhere, and no other modifier besides those asked for. */
export function isMod(event: KeyPress, { shift = false } = {}): boolean {
  return (isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey && event.shiftKey === shift;
}

export function hasNoModifier(event: KeyPress): boolean {
  return !event.metaKey && !event.ctrlKey && !event.altKey;
}

/** Typing goes into a field or a terminal: single letters are text there, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio';
}
