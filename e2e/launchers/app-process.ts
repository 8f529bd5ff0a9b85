import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface AppProcess {
  pid: number;
  /** What the app said on its first ready line. */
  ready: { url: string; dockerHost: string };
  /** All lines of stdout and stderr so far, for messages of failed tests. */
  output: string[];
  /** Asks it to end as Ctrl-C does and waits until it has. Answers its exit code. */
  stop(): Promise<number | null>;
  exited: Promise<number | null>;
}

const readyPrefix = 'SLIPWAY_READY ';

/** Starts the web shell and waits for its ready line. @throws Error with its output when it ends before. */
export function startWebShell(args: string[], environment: Record<string, string>): Promise<AppProcess> {
  const child = spawn(process.execPath, [join(projectRoot, 'main/web/main.ts'), '--no-open', '--port', '0', ...args], {
    cwd: projectRoot,
    env: { ...process.env, SLIPWAY_LAUNCHER: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    void exited.then((code) => reject(new Error(`the app ended with ${code} before it was ready:\n${output.join('\n')}`)));
    createInterface({ input: child.stderr }).on('line', (line) => output.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      if (!line.startsWith(readyPrefix)) return;
      const ready = JSON.parse(line.slice(readyPrefix.length)) as AppProcess['ready'];
      resolve({
        pid: child.pid ?? 0,
        ready,
        output,
        exited,
        async stop() {
          child.kill('SIGINT');
          return exited;
        },
      });
    });
  });
}
