import { messageOf } from '../../failure.ts';
import { phaseLines } from '../../web/phase-lines.ts';
import type { WebServer } from '../../web/server.ts';
import { exitCodes, type Verb } from '../verb.ts';

/** The app without a window, until `slipway stop` or a signal. Nothing listens on the network until somebody asks for a window. */
export const background: Verb = {
  name: 'background',
  usage: '[--image DIR] [--engine-socket PATH]',
  summary: 'Run the VM in this process (slipway start does this in the background)',
  details: 'Runs until slipway stop, or SIGTERM.',
  options: { image: { type: 'string' }, 'engine-socket': { type: 'string' } },
  positionals: 0,
  async run({ installation, home, values, say, complain }) {
    // The whole app: no other command waits for it to be read.
    const [{ startApp }, { DownloadDesk }, { imageRebuilder }] = await Promise.all([import('../../app.ts'), import('../../web/download-desk.ts'), import('../../web/rebuild-image.ts')]);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const downloads = new DownloadDesk();
    let server: Promise<WebServer> | undefined;
    const image = values['image'] as string | undefined;
    const log = (line: string): void => complain(`${new Date().toISOString()} ${line}`);
    // From before the start: a wish to end that comes early must not go unheard.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    const app = await startApp({
      home,
      engineSocket: values['engine-socket'] as string | undefined,
      imageDirectory: image ?? installation.imageDirectory,
      rebuildImage: image === undefined && installation.clone !== undefined ? imageRebuilder(installation.clone, log) : undefined,
      version: installation.version,
      shell: 'web',
      files: downloads,
      log,
      // Whoever looks at the window has a browser; this process may have no screen.
      openUrl: () => Promise.reject(new Error('Open the address yourself: this Slipway runs in the background.')),
      control: {
        openWindow: async () => {
          server ??= import('../../web/server.ts').then(({ startWebServer }) => startWebServer({ port: 0, windowDirectory: installation.windowDirectory, downloads, onWindow: (transport) => app.serve(transport) }));
          return { url: (await server).newUrl() };
        },
        quit: end,
      },
    });
    const linesOf = phaseLines();
    const tell = (): void => linesOf(app.vm.state).forEach(say);
    tell();
    app.vm.onState(tell);
    await ended;
    try {
      await app.close();
      await (await server)?.close();
      return exitCodes.good;
    } catch (error) {
      complain(`slipway: ${messageOf(error)}`);
      return exitCodes.failed;
    } finally {
      // Open windows must not keep the process.
      setImmediate(() => process.exit());
    }
  },
};
