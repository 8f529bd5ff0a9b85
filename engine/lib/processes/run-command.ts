import { spawn } from 'node:child_process';

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** Written to the command's stdin, which is closed after it. */
  input?: string | Uint8Array;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the command with SIGKILL. */
  signal?: AbortSignal;
  /** Exit codes that are answers and not failures; 0 always is. */
  accept?: number[];
}

/** A command that could not be started, ended with a code that was not accepted, or was killed. */
export class CommandError extends Error {
  readonly command: string;
  /** -1 when it never ran or a signal ended it. */
  readonly exitCode: number;
  readonly stderr: string;

  constructor(command: string, exitCode: number, stderr: string, reason: string, options?: ErrorOptions) {
    super(`${command}: ${reason}${stderr.trim() === '' ? '' : `: ${stderr.trim()}`}`, options);
    this.name = 'CommandError';
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** More output than any command of ours prints; beyond it the rest is read and dropped, so that the command never stalls. */
const outputLimit = 4 * 1024 * 1024;

/**
 * Runs a program to its end, without a shell. The one place of the engine that starts short-lived children, besides
 * `decompress-program.ts` (shimd, which must not depend on the engine, starts its own).
 * @throws CommandError that names the command and holds what it said on stderr; the AbortSignal's reason when aborted.
 */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { input, cwd, env, signal, accept } = options;
  const command = [file, ...args].join(' ');
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(file, args, { cwd, env, signal, killSignal: 'SIGKILL', stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    collect(child.stdout, stdout);
    collect(child.stderr, stderr);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else reject(new CommandError(command, -1, '', startFailure(error, file), { cause: error }));
    });
    child.on('close', (code, killedBy) => {
      const text = Buffer.concat(stderr).toString();
      if (code === null) reject(new CommandError(command, -1, text, `ended by ${killedBy}`));
      else if (code !== 0 && accept?.includes(code) !== true) reject(new CommandError(command, code, text, `exit code ${code}`));
      else resolve({ exitCode: code, stdout: Buffer.concat(stdout).toString(), stderr: text });
    });
    if (child.stdin !== null) {
      // A command that ends without reading its input says why on stderr; the broken pipe would hide it.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    }
  });
}

function startFailure(error: NodeJS.ErrnoException, file: string): string {
  return error.code === 'ENOENT' ? `${file} is not installed or not on the PATH` : `cannot be started (${error.code ?? error.message})`;
}

function collect(stream: NodeJS.ReadableStream | null, chunks: Buffer[]): void {
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (size < outputLimit) chunks.push(chunk);
    size += chunk.length;
  });
}
