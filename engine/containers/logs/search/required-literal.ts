/** Characters that look the same in every log file: they are never escaped there, and mean themselves. */
const plain = /^[\w ,:;=/@#%~!'`-]$/;
const repeats = /^(?:[*+?]|\{\d*,?\d*\})\??/;

/**
 * Pieces of text that every match of a regular expression contains, so that a file can be searched for one of them before lines are taken
 * apart; none when there is none to be seen. Careful rather than clever: only what stands outside groups, classes and alternatives.
 */
export function requiredLiterals(source: string): string[] {
  const runs: string[] = [];
  let run = '';
  const end = () => {
    runs.push(run);
    run = '';
  };
  for (let at = 0; at < source.length; ) {
    const character = source[at]!;
    let literal: string | undefined;
    let length = 1;
    if (character === '|') return [];
    if (character === '(') length = groupLength(source, at);
    else if (character === '[') length = classLength(source, at);
    else if (character === '\\') {
      length = escapeLength(source, at);
      const escaped = source[at + 1] ?? '';
      if (length === 2 && /^[^\w]$/.test(escaped) && plain.test(escaped)) literal = escaped;
    } else if (plain.test(character)) literal = character;
    const repeat = repeats.exec(source.slice(at + length))?.[0] ?? '';
    if (literal === undefined) end();
    else if (repeat === '') run += literal;
    else {
      // `x+` has its x; what comes after it does not follow that one for certain.
      if (repeat.startsWith('+')) run += literal;
      end();
    }
    at += length + repeat.length;
  }
  end();
  return runs.filter((each) => each !== '').sort((a, b) => b.length - a.length);
}

function groupLength(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '[') at += classLength(source, at) - 1;
    else if (source[at] === '(') depth += 1;
    else if (source[at] === ')' && (depth -= 1) === 0) return at + 1 - start;
  }
  return source.length - start;
}

function classLength(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === ']') return at + 1 - start;
  }
  return source.length - start;
}

/** `\x41`, `\u0041`, `\cA`, `\12` and `\k<name>` are longer than two. */
function escapeLength(source: string, start: number): number {
  return /^\\(?:x[\da-f]{2}|u[\da-f]{4}|c[a-z]|k<[^>]*>|\d+|.|$)/is.exec(source.slice(start))?.[0].length ?? 1;
}
