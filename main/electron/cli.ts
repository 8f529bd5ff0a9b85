import { join } from 'node:path';
import { app } from 'electron';
import { runCli } from '../cli/run.ts';
import { hostArch } from '../command-line.ts';

/** The switch that the scripts of `main/cli/resources` put before a command of `slipway`. */
export const cliSwitch = '--slipway-command';

/** What stands behind the switch; undefined where the app was started as the app. */
export function cliArguments(argv: readonly string[]): string[] | undefined {
  const at = argv.indexOf(cliSwitch);
  return at === -1 ? undefined : argv.slice(at + 1);
}

/** `slipway` of the packaged app: Electron's own process without a window, because the package holds no other Node. Never run in a real package. */
export async function runPackagedCli(args: readonly string[]): Promise<void> {
  const root = app.getAppPath();
  const clone = app.isPackaged ? undefined : root;
  const ended = new AbortController();
  process.once('SIGINT', () => ended.abort(new Error('Interrupted.')));
  const code = await runCli(args, {
    installation: {
      version: app.getVersion(),
      imageDirectory: clone === undefined ? join(process.resourcesPath, 'vm', hostArch()) : join(clone, 'vm-assets', 'out', hostArch()),
      windowDirectory: join(root, 'dist', 'renderer'),
      self: [process.execPath, ...(clone === undefined ? [] : [clone]), cliSwitch],
    },
    environment: process.env,
    say: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    signal: ended.signal,
    ...(process.stdout.isTTY ? { showProgress: (line: string) => void process.stdout.write(`\r\u001b[K${line}`) } : {}),
  });
  app.exit(code);
}
