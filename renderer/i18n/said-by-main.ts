/**
 * What `main` says of its own (why a start failed, what to try, what a file is not) comes in English, which logs, records and the command line keep.
 * The English sentence is the key, as in gettext: a catalogue of sentences with `{places}`, of which the German one is in
 * `locales/de/said-by-main.json`. `said-by-main.test.ts` reads the sentences out of `main`, and none may be missing.
 */
interface Sentence {
  pattern: RegExp;
  /** The translation's texts and places, in their order. */
  parts: readonly string[];
  names: readonly string[];
}

let sentences: readonly Sentence[] = [];
let found = new Map<string, string>();
const mostKept = 500;

/** Of the language that is shown from now on; none for English. */
export function setSentences(catalogue: Readonly<Record<string, string>>): void {
  // Whole sentences before parts, which could take a full stop as a part of their last place; then what has more words of its own:
  // `{name} is unknown.` fits more than it means.
  const ownLetters = (text: string): number => text.replaceAll(/\{\w+\}/g, '').length;
  sentences = Object.entries(catalogue)
    .sort(([a], [b]) => Number(b.endsWith('.')) - Number(a.endsWith('.')) || ownLetters(b) - ownLetters(a))
    .map(([english, translation]) => ({ ...compile(english), parts: translation.split(/\{(\w+)\}/) }));
  found = new Map();
}

function compile(english: string): Pick<Sentence, 'pattern' | 'names'> {
  const pieces = english.split(/\{(\w+)\}/);
  const pattern = pieces.map((piece, index) => (index % 2 === 0 ? piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') : '(.+?)')).join('');
  return { pattern: new RegExp(`^${pattern}$`, 's'), names: pieces.filter((_, index) => index % 2 === 1) };
}

/** In the window's language where it is a sentence of `main`'s; the engine's own words, which people look up, stay as they are. */
export function saidByMain(text: string): string {
  if (sentences.length === 0 || text === '') return text;
  let said = found.get(text);
  if (said === undefined) {
    said = translate(text, 0) ?? bySentence(text) ?? text;
    if (found.size >= mostKept) found.clear();
    found.set(text, said);
  }
  return said;
}

/** A place may hold a reason, which is a sentence or a part of one itself. */
const deepest = 4;

function translate(text: string, depth: number): string | undefined {
  for (const { pattern, parts, names } of sentences) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const value = (name: string): string => {
      const raw = match[names.indexOf(name) + 1] ?? '';
      return depth < deepest ? (translate(raw, depth + 1) ?? raw) : raw;
    };
    return parts.map((part, index) => (index % 2 === 0 ? part : value(part))).join('');
  }
  return undefined;
}

/** What was put together of several. */
function bySentence(text: string): string | undefined {
  const pieces = text.split(/(?<=[.!?]) /);
  if (pieces.length === 1) return undefined;
  const said = pieces.map((piece) => translate(piece, 0));
  return said.some((piece) => piece !== undefined) ? said.map((piece, index) => piece ?? pieces[index]).join(' ') : undefined;
}
