import { StateGlyph, type GlyphShape } from './state-glyph.tsx';

/** Glyph and word of a state. */
export function StateLabel({ shape, word, strong = false }: { shape: GlyphShape; word: string; strong?: boolean }) {
  return (
    <span className={`state-label${strong ? ' state-label--strong' : ''}`}>
      <StateGlyph shape={shape} />
      <span>{word}</span>
    </span>
  );
}
