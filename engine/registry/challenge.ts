/** What a registry asks for in `WWW-Authenticate`. Source: RFC 9110 section 11.6.1. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  scheme: string;
  /** Keys in lower case: `realm`, `service`, `scope`. */
  parameters: Record<string, string>;
}

/**
 * Reads every challenge of the header. What cannot be read ends the list: the header comes from a server that may be anyone.
 * @example `Bearer realm="https://auth.example/token",service="example",scope="repository:a:pull"`
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  const scanner = /\s*(?:,\s*)*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|(?=[\s,]|$))/y;
  let match: RegExpExecArray | null;
  while (scanner.lastIndex < header.length && (match = scanner.exec(header)) !== null) {
    const [, word = '', quoted, plain] = match;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    const current = challenges.at(-1);
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: {} });
    else if (current !== undefined) current.parameters[word.toLowerCase()] = value;
  }
  return challenges;
}
