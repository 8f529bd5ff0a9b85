import type { ParseArgsOptionsConfig } from 'node:util';

/** The Slipway that this command belongs to: a clone, or the packaged app. */
export interface Installation {
  version: string;
  /** Folder of the VM image, of the built window. */
  imageDirectory: string;
  windowDirectory: string;
  /** Program and first arguments that run this command again. */
  self: readonly [string, ...string[]];
  /** Root of the clone; absent in the packaged app, which has neither bench nor recipe. */
  clone?: string;
}

export interface CliContext {
  installation: Installation;
  /** SLIPWAY_HOME, absolute. */
  home: string;
  values: Readonly<Record<string, string | boolean | undefined>>;
  positionals: readonly string[];
  environment: NodeJS.ProcessEnv;
  /** To stdout; to stderr. Lines without their ends. */
  say(line: string): void;
  complain(line: string): void;
  /** Ctrl-C. */
  signal: AbortSignal;
  /** A line that replaces itself while something goes on; absent where stdout is no terminal. */
  showProgress?(line: string): void;
}

/** One thing that `slipway` does: `start`, `data export`. */
export interface Verb {
  /** As typed, one word or two. */
  name: string;
  /** What comes after the name: `FILE [--stop]`. */
  usage: string;
  summary: string;
  /** Paragraphs for `slipway help NAME`. */
  details: string;
  options: ParseArgsOptionsConfig;
  /** How many words may follow. */
  positionals: number;
  /** Answers the exit code. @throws Failure, which is printed with its hint and ends in 1. */
  run(context: CliContext): Promise<number>;
}

/** Exit codes. A usage error is 2; a VM that does not run is 3, as of an init script's `status`. */
export const exitCodes = { good: 0, failed: 1, usage: 2, notRunning: 3 } as const;
