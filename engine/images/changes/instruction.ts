import { InvalidParameterError } from '../../errors.ts';

/** One Dockerfile instruction as `commit --change` and `import --change` take it. */
export interface Instruction {
  /** Lower case: `cmd`, `env` … */
  name: string;
  /** What stands after the name, blanks at both ends removed; after the flags, for HEALTHCHECK. */
  rest: string;
  /** `--interval=5s` as `interval` and `5s`. */
  flags: Map<string, string>;
}

const COMMANDS = ['cmd', 'entrypoint', 'healthcheck', 'env', 'expose', 'label', 'onbuild', 'stopsignal', 'user', 'volume', 'workdir'];

/**
 * Reads the lines of one `changes` parameter; comments and continued lines are Dockerfile's.
 * @throws InvalidParameterError in moby's words (`builder/dockerfile/builder.go` BuildFromConfig)
 */
export function parseInstructions(text: string): Instruction[] {
  const lines = text.replace(/\\[ \t]*\r?\n/g, '').split(/\r?\n/);
  const instructions = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return instructions.map(parseInstruction);
}

function parseInstruction(line: string): Instruction {
  const [, word = '', rest = ''] = /^(\S+)\s*([^]*)$/.exec(line) ?? [];
  const name = word.toLowerCase();
  if (!COMMANDS.includes(name)) throw new InvalidParameterError(`${name} is not a valid change command`);
  if (rest === '' && name !== 'cmd' && name !== 'entrypoint') {
    throw new InvalidParameterError(name === 'env' || name === 'label' ? `${word.toUpperCase()} must have at least one argument` : `${word.toUpperCase()} requires exactly one argument`);
  }
  const flags = new Map<string, string>();
  let args = rest;
  for (let flag = takeFlag(name, args); flag !== null; flag = takeFlag(name, args)) {
    flags.set(flag.name, flag.value);
    args = flag.rest;
  }
  return { name, rest: args, flags };
}

function takeFlag(name: string, text: string): { name: string; value: string; rest: string } | null {
  if (name !== 'healthcheck') return null;
  const match = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(text);
  return match === null ? null : { name: match[1] ?? '', value: match[2] ?? '', rest: text.slice(match[0].length) };
}

/** The words of a JSON list; null where it is none: then it is the shell's. */
export function jsonWords(text: string): string[] | null {
  if (!text.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? (value as string[]) : null;
  } catch {
    return null;
  }
}

/** `a=b c="d e"` as pairs, quotes still on; the old `KEY all the rest` as one. @throws InvalidParameterError */
export function pairsOf(name: string, text: string): [key: string, value: string][] {
  const words = splitWords(text);
  const first = words[0] ?? '';
  if (!first.includes('=')) {
    const [, key = '', value = ''] = /^(\S+)\s+([^]+)$/.exec(text) ?? [];
    if (key === '') throw new InvalidParameterError(`${name.toUpperCase()} must have two arguments`);
    return [[key, value]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals === -1) throw new InvalidParameterError(`Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

/** Splits at blanks that are neither quoted nor escaped; quotes and backslashes stay. */
export function splitWords(text: string): string[] {
  return text.match(/(?:\\[^]|"(?:\\[^]|[^"\\])*"?|'[^']*'?|[^\s\\"'])+/g) ?? [];
}
