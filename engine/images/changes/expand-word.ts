import { InvalidParameterError } from '../../errors.ts';

/**
 * A word of a Dockerfile instruction without its quotes, with `$name`, `${name}`, `${name:-word}`, `${name:+word}`
 * replaced. Single quotes keep everything, a backslash the next character. Source: buildkit `frontend/dockerfile/shell/lex.go`.
 * @throws InvalidParameterError for a `${` without its end
 */
export function expandWord(word: string, env: readonly string[]): string {
  let result = '';
  let quote = '';
  for (let index = 0; index < word.length; index += 1) {
    const char = word.charAt(index);
    if (quote === "'") {
      if (char === "'") quote = '';
      else result += char;
    } else if (char === '\\') {
      const next = word.charAt(index + 1);
      // Within double quotes a backslash means itself before most characters.
      if (quote === '"' && !['"', '$', '\\'].includes(next)) result += char;
      else if (next !== '') {
        result += next;
        index += 1;
      }
    } else if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === '$') {
      const variable = readVariable(word, index, env);
      result += variable.value;
      index = variable.end - 1;
    } else result += char;
  }
  return result;
}

function readVariable(word: string, start: number, env: readonly string[]): { value: string; end: number } {
  const rest = word.slice(start);
  const plain = /^\$([A-Za-z_]\w*|[0-9@*#])/.exec(rest);
  if (plain !== null) return { value: lookup(env, plain[1] ?? '') ?? '', end: start + plain[0].length };
  if (!rest.startsWith('${')) return { value: '$', end: start + 1 };
  const end = closingBrace(word, start + 2);
  const inner = /^([A-Za-z_]\w*|[0-9@*#])(?:(:?)([-+])([^]*))?$/.exec(word.slice(start + 2, end));
  if (end === -1 || inner === null) throw new InvalidParameterError(`failed to process "${word}": unsupported modifier in substitution or missing }`);
  const [, name = '', colon, operator, other = ''] = inner;
  const value = lookup(env, name);
  const isSet = value !== undefined && (colon !== ':' || value !== '');
  if (operator === '-') return { value: isSet ? value : expandWord(other, env), end: end + 1 };
  if (operator === '+') return { value: isSet ? expandWord(other, env) : '', end: end + 1 };
  return { value: value ?? '', end: end + 1 };
}

function closingBrace(word: string, start: number): number {
  let depth = 1;
  for (let index = start; index < word.length; index += 1) {
    if (word.startsWith('${', index)) depth += 1;
    else if (word.charAt(index) === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

function lookup(env: readonly string[], name: string): string | undefined {
  return env.findLast((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}
