export interface HighlightJob {
  pattern: string;
  matchCase: boolean;
  texts: string[];
}

/** Begin and end of each match, one after the other. */
export type Ranges = number[];

const rangesAtMost = 200;

/** Per text. A pattern that is none, and matches of nothing, give no ranges. */
export function findRanges({ pattern, matchCase, texts }: HighlightJob): Ranges[] {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, matchCase ? 'g' : 'gi');
  } catch {
    return texts.map(() => []);
  }
  return texts.map((text) => {
    const ranges: Ranges = [];
    for (const match of text.matchAll(expression)) {
      if (match[0] !== '') ranges.push(match.index, match.index + match[0].length);
      if (ranges.length >= 2 * rangesAtMost) break;
    }
    return ranges;
  });
}
