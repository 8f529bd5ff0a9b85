import { InvalidParameterError } from '../../errors.ts';

/**
 * Go's path.Match: `*` and `?` stop at slashes, `[a-z]` and `[^a-z]` are classes, a backslash quotes.
 * @throws InvalidParameterError for a pattern that is none
 */
export function matchesPath(pattern: string, text: string): boolean {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern.charAt(index);
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const end = pattern.indexOf(']', index + 2);
      if (end === -1) throw malformed(pattern);
      source += classOf(pattern.slice(index + 1, end));
      index = end;
    } else if (char === '\\') {
      index += 1;
      if (index === pattern.length) throw malformed(pattern);
      source += escape(pattern.charAt(index));
    } else source += escape(char);
  }
  // Neighbouring stars mean one, and would make the search exponential.
  return compile(`^${source.replace(/(\[\^\/\]\*)+/g, '[^/]*')}$`, pattern).test(text);
}

/** A class may hold what is no range, such as `[z-a]`. */
function compile(source: string, pattern: string): RegExp {
  try {
    return new RegExp(source, 's');
  } catch {
    throw malformed(pattern);
  }
}

function classOf(content: string): string {
  const isNegated = content.startsWith('^');
  const body = (isNegated ? content.slice(1) : content).replace(/[\\\][^]/g, '\\$&');
  return `(?!/)[${isNegated ? '^' : ''}${body}]`;
}

function escape(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function malformed(pattern: string): InvalidParameterError {
  return new InvalidParameterError(`invalid filter 'reference=[${pattern}]': syntax error in pattern`);
}
