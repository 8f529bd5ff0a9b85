import { escapeSequences as escapes, unseenCharacters as unseen } from '../../../contract/log-text.ts';

export { plainText } from '../../../contract/log-text.ts';

/** A run of text in one style. Colours are 0 to 15 for the theme's own ink, or a ready CSS colour made here. */
export interface AnsiSpan {
  text: string;
  fg?: number | string;
  bg?: number | string;
  bold?: true;
  dim?: true;
  italic?: true;
  underline?: true;
  strike?: true;
  inverse?: true;
}

type Style = Omit<AnsiSpan, 'text'>;

/**
 * One line in styled runs. Only SGR changes anything; every other sequence is dropped. The joined text of the spans is
 * {@link plainText} of the line.
 */
export function parseAnsi(line: string): AnsiSpan[] {
  let spans: AnsiSpan[] = [];
  let style: Style = {};
  let startsOver = false;
  const push = (raw: string): void => {
    for (const [index, text] of raw.replace(unseen, '').split('\r').entries()) {
      if (index > 0) startsOver = true;
      if (text === '') continue;
      if (startsOver) spans = [];
      startsOver = false;
      spans.push({ ...style, text });
    }
  };
  let from = 0;
  for (const match of line.matchAll(escapes)) {
    push(line.slice(from, match.index));
    from = match.index + match[0].length;
    if ((match[2] ?? match[4]) === 'm') style = applySgr(style, match[1] ?? match[3] ?? '');
  }
  push(line.slice(from));
  return spans;
}

function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).slice(0, 32).map((code) => Number(code) || 0);
  let next: Style = { ...style };
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 9) next.strike = true;
    else if (code === 22) { delete next.bold; delete next.dim; }
    else if (code === 23) delete next.italic;
    else if (code === 24) delete next.underline;
    else if (code === 27) delete next.inverse;
    else if (code === 29) delete next.strike;
    else if (code >= 30 && code <= 37) next.fg = code - 30;
    else if (code >= 90 && code <= 97) next.fg = code - 90 + 8;
    else if (code >= 40 && code <= 47) next.bg = code - 40;
    else if (code >= 100 && code <= 107) next.bg = code - 100 + 8;
    else if (code === 39) delete next.fg;
    else if (code === 49) delete next.bg;
    else if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes, index + 1);
      index += used;
      if (colour !== undefined) next[code === 38 ? 'fg' : 'bg'] = colour;
    }
  }
  return next;
}

/** `5;n` or `2;r;g;b` behind 38 and 48. */
function extendedColour(codes: number[], index: number): { colour: number | string | undefined; used: number } {
  if (codes[index] === 5) return { colour: indexedColour(codes[index + 1] ?? 0), used: 2 };
  if (codes[index] !== 2) return { colour: undefined, used: 1 };
  const [red, green, blue] = [1, 2, 3].map((step) => Math.min(255, codes[index + step] ?? 0));
  return { colour: `rgb(${red} ${green} ${blue})`, used: 4 };
}

/** xterm's 256: the theme's 16, a 6×6×6 cube, 24 greys. */
function indexedColour(index: number): number | string | undefined {
  if (index < 16) return index;
  if (index > 255) return undefined;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}
