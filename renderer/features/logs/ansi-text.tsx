import type { CSSProperties } from 'react';
import { parseAnsi, type AnsiSpan } from '../../format/log/ansi.ts';
import { cutAtHits, type LogHit } from './log-search.ts';
import { t } from '../../i18n/i18n.ts';

/** A line of a megabyte would stall the page; the rest is counted, searched and saved, but not drawn. */
const shownCharacters = 4000;

export interface AnsiTextProps {
  raw: string;
  length: number;
  hits: readonly LogHit[];
  /** Index among the line's hits of the current one. */
  now: number | undefined;
}

/** A line of a log in its own colours. Hostile text by definition: it only ever becomes text nodes. */
export function AnsiText({ raw, length, hits, now }: AnsiTextProps) {
  const spans = shorten(parseAnsi(raw));
  return (
    <>
      {cutAtHits(spans, hits).map(({ span, text: piece, hit }, index) =>
        hit === undefined ? (
          <span key={index} className={classOf(span)} style={styleOf(span)}>
            {piece}
          </span>
        ) : (
          <mark key={index} className={hit === now ? 'now' : undefined}>
            {piece}
          </mark>
        ),
      )}
      {length > shownCharacters && <span className="log-line__cut">{t('logs:cut', { characters: length - shownCharacters })}</span>}
    </>
  );
}

function shorten(spans: AnsiSpan[]): AnsiSpan[] {
  let room = shownCharacters;
  const kept: AnsiSpan[] = [];
  for (const span of spans) {
    if (room <= 0) break;
    kept.push(span.text.length > room ? { ...span, text: span.text.slice(0, room) } : span);
    room -= span.text.length;
  }
  return kept;
}

function classOf(span: AnsiSpan): string | undefined {
  const names = [
    typeof span.fg === 'number' && `ansi-${span.fg}`,
    // The sixteen backgrounds would need an ink of their own each to stay readable; one quiet ground marks them all.
    typeof span.bg === 'number' && 'ansi-bg',
    span.bold && 'ansi-bold',
    span.dim && 'ansi-dim',
    span.italic && 'ansi-italic',
    span.underline && 'ansi-underline',
    span.strike && 'ansi-strike',
    span.inverse && 'ansi-inverse',
  ].filter((name) => typeof name === 'string');
  return names.length === 0 ? undefined : names.join(' ');
}

function styleOf(span: AnsiSpan): CSSProperties | undefined {
  if (typeof span.fg !== 'string' && typeof span.bg !== 'string') return undefined;
  return { ...(typeof span.fg === 'string' ? { color: span.fg } : {}), ...(typeof span.bg === 'string' ? { background: span.bg } : {}) };
}
