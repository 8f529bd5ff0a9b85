/** A stretch of text and whether the query is found there; the pieces joined are the text. */
export interface MatchedPiece {
  text: string;
  hit: boolean;
}

/**
 * Every word of the query must begin some word of the text, or at least stand in it. Words that begin score higher, and
 * the one that begins the text highest.
 * @returns undefined when the text does not match.
 */
export function matchWords(query: string, text: string): { score: number; pieces: MatchedPiece[] } | undefined {
  const lower = text.toLowerCase();
  const hits: [number, number][] = [];
  let score = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter((part) => part !== '')) {
    const begins = beginningOf(lower, word, hits);
    const at = begins ?? lower.indexOf(word);
    if (at < 0) return undefined;
    hits.push([at, at + word.length]);
    score += (begins === undefined ? 1 : 3) + (at === 0 ? 1 : 0);
  }
  return { score, pieces: cut(text, hits) };
}

/** The first place where the word begins a word of the text and that no earlier word of the query took. */
function beginningOf(text: string, word: string, taken: readonly [number, number][]): number | undefined {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const isBeginning = at === 0 || !/[a-z0-9]/.test(text[at - 1] ?? '');
    if (isBeginning && !taken.some(([from, to]) => at < to && at + word.length > from)) return at;
  }
  return undefined;
}

function cut(text: string, hits: [number, number][]): MatchedPiece[] {
  const pieces: MatchedPiece[] = [];
  let position = 0;
  for (const [from, to] of hits.sort((a, b) => a[0] - b[0])) {
    if (from > position) pieces.push({ text: text.slice(position, from), hit: false });
    if (to > position) pieces.push({ text: text.slice(Math.max(from, position), to), hit: true });
    position = Math.max(position, to);
  }
  if (position < text.length) pieces.push({ text: text.slice(position), hit: false });
  return pieces;
}
