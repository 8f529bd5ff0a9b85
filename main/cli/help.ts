import type { Verb } from './verb.ts';

/** `slipway --help`. */
export function overview(verbs: readonly Verb[], version: string): string {
  const width = Math.max(...verbs.map(({ name }) => name.length)) + 3;
  return `Slipway ${version}: containers on the desktop.

Usage: slipway [--home DIR] COMMAND [OPTION …]

Commands:
${verbs.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join('\n')}

Options:
  --home DIR   where Slipway keeps its state (default: $SLIPWAY_HOME or ~/.slipway)
  --version    say the version
  --help       this help; slipway COMMAND --help tells of one command

Exit codes: 0 done, 1 failed, 2 the command line is wrong, 3 Slipway does not run.`;
}

/** `slipway COMMAND --help`. */
export function helpOf({ name, usage, summary, details }: Verb): string {
  return `${summary}

Usage: slipway ${name}${usage === '' ? '' : ` ${usage}`}

${details}`;
}
