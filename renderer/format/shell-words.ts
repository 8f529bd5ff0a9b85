import { t } from '../i18n/i18n.ts';

/** One argument as a POSIX shell reads it back unchanged. */
export function quoteWord(word: string): string {
  if (word !== '' && /^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `rest`: what stands behind an operator, when the words end there. */
export type Split = { ok: true; words: string[]; rest?: string } | { ok: false; problem: string };

/**
 * Splits as a shell splits words: quotes and backslashes, nothing else (no variables, no globs). With `stopsAtOperators` also comments, and the
 * words end at the first `|`, `&`, `;`, `<` or `>`: what follows is another command or the shell's own business.
 */
export function splitWords(text: string, { stopsAtOperators = false } = {}): Split {
  const words: string[] = [];
  let word = '';
  let begun = false;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word += character;
    } else if (character === '\\' && (quote === undefined || /["\\$`\n]/.test(text[index + 1] ?? ''))) {
      const next = text[++index];
      if (next === undefined) return { ok: false, problem: t('common:words.backslash') };
      // A backslash before a line end joins the lines and is no word of its own.
      if (next === '\n') continue;
      word += next;
      begun = true;
    } else if (quote === '"') {
      if (character === '"') quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      begun = true;
    } else if (stopsAtOperators && /[|&;<>]/.test(character)) {
      // The figure before a redirection is part of it: `2>&1`.
      if (begun && !(/[<>]/.test(character) && /^\d$/.test(word))) words.push(word);
      return { ok: true, words, rest: text.slice(index).trim() };
    } else if (stopsAtOperators && character === '#' && !begun) {
      const end = text.indexOf('\n', index);
      index = end < 0 ? text.length : end;
    } else if (/\s/.test(character)) {
      if (begun) words.push(word);
      word = '';
      begun = false;
    } else {
      word += character;
      begun = true;
    }
  }
  if (quote !== undefined) return { ok: false, problem: t('common:words.quote', { mark: quote }) };
  if (begun) words.push(word);
  return { ok: true, words };
}
