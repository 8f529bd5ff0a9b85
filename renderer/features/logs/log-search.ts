import type { AnsiSpan } from '../../format/log/ansi.ts';
import type { LogLine } from '../../format/log/log-line.ts';

export interface LogSearch {
  query: string;
  matchCase: boolean;
}

/** A match: the line by its number, and the characters of its plain text. */
export interface LogHit {
  line: number;
  from: number;
  to: number;
}

const hitsPerLine = 200;

export function findHits(line: Pick<LogLine, 'number' | 'text'>, { query, matchCase }: LogSearch): LogHit[] {
  if (query === '') return [];
  const text = matchCase ? line.text : line.text.toLowerCase();
  const wanted = matchCase ? query : query.toLowerCase();
  const hits: LogHit[] = [];
  for (let at = text.indexOf(wanted); at >= 0 && hits.length < hitsPerLine; at = text.indexOf(wanted, at + wanted.length)) {
    hits.push({ line: line.number, from: at, to: at + wanted.length });
  }
  return hits;
}

export interface StyledPiece {
  span: AnsiSpan;
  text: string;
  /** Index into the line's hits. */
  hit: number | undefined;
}

/** Cuts styled runs where matches begin and end. */
export function cutAtHits(spans: readonly AnsiSpan[], hits: readonly LogHit[]): StyledPiece[] {
  const pieces: StyledPiece[] = [];
  let position = 0;
  for (const span of spans) {
    const end = position + span.text.length;
    let from = position;
    while (from < end) {
      const inside = hits.findIndex((hit) => hit.from <= from && from < hit.to);
      const next = inside >= 0 ? (hits[inside]?.to ?? end) : Math.min(end, ...hits.filter((hit) => hit.from > from).map((hit) => hit.from));
      const to = Math.min(end, next);
      pieces.push({ span, text: span.text.slice(from - position, to - position), hit: inside >= 0 ? inside : undefined });
      from = to;
    }
    position = end;
  }
  return pieces;
}
