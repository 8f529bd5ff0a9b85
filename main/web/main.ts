import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startApp, type App } from '../app.ts';
import { hostArch, parseCommandLine } from '../command-line.ts';
import { Failure, messageOf } from '../failure.ts';
import { DownloadDesk } from './download-desk.ts';
import { openInBrowser, writeRedirectFile } from './open-browser.ts';
import { phaseLines } from './phase-lines.ts';
import { imageRebuilder } from './rebuild-image.ts';
import { startWebServer, type WebServer } from './server.ts';

/**
 * The web shell: `node main/web/main.ts [--port N] [--home DIR] [--engine-socket PATH] [--image DIR] [--no-open]`.
 * Prints the window's one-time address, and for a launcher (SLIPWAY_LAUNCHER=1) the line
 * `SLIPWAY_READY {"url","dockerHost","pid"}` instead. Runs until SIGINT, SIGTERM or SIGHUP; then the VM is stopped.
 */
const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const say = (line: string) => process.stdout.write(`${line}\n`);
const log = (line: string) => process.stderr.write(`${line}\n`);
/** A terminal sends Ctrl-C to everybody in the foreground and a wrapper may pass it on as well: that is one wish, not two. */
const sameWishMs = 1_000;

// A terminal or launcher that has gone must not end the app before the VM is stopped.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

run().catch((error: unknown) => {
  log(`slipway: ${messageOf(error)}`);
  if (error instanceof Failure && error.hint !== undefined) log(error.hint);
  process.exit(1);
});

async function run(): Promise<void> {
  if (process.argv.includes('--version')) return void say(await version());
  const commandLine = parseCommandLine(process.argv.slice(2));
  let stopEarly = false;
  const early = () => (stopEarly = true);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, early);
  const downloads = new DownloadDesk();
  const { promise: serving, resolve: served } = Promise.withResolvers<WebServer>();
  const app = await startApp({
    ...commandLine,
    files: downloads,
    imageDirectory: commandLine.imageDirectory ?? join(projectRoot, 'vm-assets', 'out', hostArch()),
    rebuildImage: commandLine.imageDirectory === undefined ? imageRebuilder(projectRoot, log) : undefined,
    version: await version(),
    shell: 'web',
    log,
    control: { openWindow: async () => ({ url: (await serving).newUrl() }), quit: () => void process.emit('SIGTERM') },
    openUrl: async (url) => {
      if (!(await openInBrowser(url))) throw new Failure('unavailable', `No browser could be opened for ${url}.`, { hint: 'Open the address yourself.' });
    },
  });
  const server = await startWebServer({
    port: commandLine.port,
    windowDirectory: join(projectRoot, 'dist', 'renderer'),
    downloads,
    onWindow: (transport) => app.serve(transport),
  }).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  served(server);
  const redirectFile = await announce(app, server, commandLine.home, commandLine.open);
  stopOnSignals(app, server, () => rmSync(redirectFile, { force: true }));
  if (stopEarly) process.kill(process.pid, 'SIGINT');
}

/** Tells where the window is, and how the VM comes up. Answers the redirect file's path. */
async function announce(app: App, server: WebServer, home: string, open: boolean): Promise<string> {
  const isLaunched = process.env['SLIPWAY_LAUNCHER'] === '1';
  const url = server.newUrl();
  const redirectFile = await writeRedirectFile(join(home, 'run'), url);
  if (isLaunched) {
    say(`SLIPWAY_READY ${JSON.stringify({ url, dockerHost: app.facts.dockerHost, pid: process.pid })}`);
  } else {
    const opened = open && (await openInBrowser(redirectFile));
    say(opened ? 'Slipway opens in your browser. If it does not, open this address, which works once:' : 'Open Slipway in a browser at this address, which works once:');
    say(`\n  ${url}\n`);
    say(`For the docker CLI:  docker --host ${app.facts.dockerHost} ps`);
    say(process.stdin.isTTY ? 'Ctrl-C stops Slipway and its VM. r and Enter make a new address.\n' : 'SIGINT or SIGTERM stops Slipway and its VM.\n');
    if (process.stdin.isTTY) offerNewAddress(server);
  }
  const linesOf = phaseLines();
  const tell = () => linesOf(app.vm.state).forEach(say);
  tell();
  app.vm.onState(tell);
  return redirectFile;
}

function offerNewAddress(server: WebServer): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line.trim() === 'r') say(`\n  ${server.newUrl()}\n`);
  });
}

function stopOnSignals(app: App, server: WebServer, cleanUp: () => void): void {
  let askedAt: number | undefined;
  const stop = () => {
    const now = performance.now();
    if (askedAt !== undefined && now - askedAt < sameWishMs) return;
    if (askedAt !== undefined) {
      log('slipway: not waiting for the VM any longer');
      process.exit(130);
    }
    askedAt = now;
    app
      .close()
      .then(() => server.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log(`slipway: ${messageOf(error)}`);
          process.exit(1);
        },
      )
      .finally(cleanUp);
  };
  process.on('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

async function version(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}
