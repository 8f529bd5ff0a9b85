import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostArch } from '../command-line.ts';
import { runCli } from './run.ts';

/** `slipway` of a clone; `scripts/slipway.mjs` starts it with the pinned Node. The packaged app has its own entry, `main/electron/cli.ts`. */
const clone = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { version } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')) as { version: string };
// `slipway status | head -1`: whoever reads may leave.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const ended = new AbortController();
process.once('SIGINT', () => ended.abort(new Error('Interrupted.')));
process.exitCode = await runCli(process.argv.slice(2), {
  installation: {
    version,
    imageDirectory: join(clone, 'vm-assets', 'out', hostArch()),
    windowDirectory: join(clone, 'dist', 'renderer'),
    self: [process.execPath, fileURLToPath(import.meta.url)],
    clone,
  },
  environment: process.env,
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  signal: ended.signal,
  ...(process.stdout.isTTY ? { showProgress: (line: string) => void process.stdout.write(`\r\u001b[K${line}`) } : {}),
});
