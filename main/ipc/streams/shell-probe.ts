import { Failure } from '../../failure.ts';

/**
 * @param preferred a name or an absolute path; taken where the container has it
 *
 * One exec finds the shell and becomes it, instead of one failing exec for each shell that is not there. It says first
 * which one it is and under which pid, as an escape sequence that a terminal would ignore.
 */
export const shellProbe = (preferred = ''): string[] => [
  'sh',
  '-c',
  `for s in "$1" bash zsh sh; do [ -n "$s" ] && command -v "$s" >/dev/null 2>&1 && break; done; printf '\\033]slipway;%s;%s\\007' "$s" "$$"; exec "$s"`,
  'sh',
  preferred,
];

const greeting = /^\u001b\]slipway;([\w.+/-]+);(\d+)\u0007/;
/** A greeting is shorter; what is longer without one is an engine's message. */
const longestText = 4096;

/** Reads the greeting off the beginning of the output. */
export class ShellGreeting {
  name: string | undefined;
  /** In the container's pid namespace. */
  pid: number | undefined;
  /** What came before it was known; when the stream ends without a greeting, this is the engine's message. */
  text = '';

  /** Answers the bytes that follow the greeting; none before it is whole. */
  push(bytes: Uint8Array): Uint8Array {
    // latin1 keeps one character for one byte, so that the rest can be cut off by length.
    const text = this.text + Buffer.from(bytes).toString('latin1');
    this.text = text.slice(0, longestText);
    const match = greeting.exec(text);
    if (match === null) return new Uint8Array(0);
    this.name = match[1];
    this.pid = Number(match[2]);
    return Buffer.from(text.slice(match[0].length), 'latin1');
  }
}

/** Whether an engine's message says that the command is not in the image; runc and crun word it differently. */
export function isMissingCommand(message: string): boolean {
  return /executable file(?: .+)? not found|no such file or directory/i.test(message);
}

export function noShell(cause?: unknown): Failure {
  return new Failure('not-found', 'This container has no shell: neither bash nor sh is in its image.', {
    hint: 'Run a command that its image has, or look at its log instead.',
    cause,
  });
}
