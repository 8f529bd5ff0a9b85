import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { projectRoot } from '../app-process.ts';
import type { Question, ToLauncher, ToShell } from './wire.ts';

export interface ShellProcess {
  readonly pid: number;
  /** All lines of stdout and stderr so far. */
  readonly output: string[];
  readonly exited: Promise<number | null>;
  tell(message: ToShell): void;
  ask(question: Question): Promise<unknown>;
}

/** Runs the Electron shell's bundle in plain Node, with the stand-in for `electron`. */
export function startShell(args: string[], environment: Record<string, string>, onMessage: (message: ToLauncher) => void): ShellProcess {
  const child: ChildProcess = fork(join(projectRoot, 'dist/electron/main.cjs'), args, {
    cwd: projectRoot,
    env: { ...process.env, SLIPWAY_DOUBLE_ROOT: projectRoot, ...environment },
    execArgv: ['--import', join(import.meta.dirname, 'register.ts')],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', (line) => output.push(line));
  const questions = new Map<number, (value: unknown) => void>();
  let nextId = 1;
  child.on('message', (message: ToLauncher) => {
    if (message.type !== 'answer') return onMessage(message);
    questions.get(message.id)?.(message.value);
    questions.delete(message.id);
  });
  const tell = (message: ToShell) => {
    if (child.connected) child.send(message);
  };
  return {
    pid: child.pid ?? 0,
    output,
    exited: new Promise((resolve) => child.on('exit', (code) => resolve(code))),
    tell,
    ask(question) {
      const id = nextId++;
      return new Promise((resolve) => {
        questions.set(id, resolve);
        tell({ type: 'ask', id, question });
      });
    },
  };
}
