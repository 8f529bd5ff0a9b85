import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { guestCrypto } from '../guest-channel.ts';
import { GuestPort } from '../guest-port.ts';
import { openPortDevice } from '../port-device.ts';
import { FileRelay } from './file-relay.ts';
import { mountFuse, unmountFuse } from './fuse-device.ts';

/**
 * The process that has the host's shared folders mounted in the VM. One of its own, which outlives the engine: with it the mount would go, and every container's
 * files with the mount. Usage: `--port DEVICE --key FILE --directory DIR`; mounts on `DIR/mount`, says `ready` on stdout, and holds `DIR/ready.sock` as long as it lives.
 */
function main(): void {
  const { port, key, directory } = parseArgs({ options: { port: { type: 'string' }, key: { type: 'string' }, directory: { type: 'string' } } }).values;
  if (port === undefined || key === undefined || directory === undefined) throw new Error('usage: --port DEVICE --key FILE --directory DIR');
  const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  const target = join(directory, 'mount');
  const readySocket = join(directory, 'ready.sock');
  unmountFuse(target);
  mkdirSync(target, { recursive: true });

  const relay: FileRelay = new FileRelay({ answer: (message) => void device.answer(message), notice: (message) => replays.postMessage(message), log });
  const device = mountFuse(target, (message) => relay.request(message));
  const replays = new Worker(replayThread(), { workerData: { fd: device.fd, target } });
  replays.on('error', (error) => log(`changes of the host are told to nobody any more: ${String(error)}`));
  const guestPort = new GuestPort({
    path: port,
    crypto: guestCrypto(key),
    openDevice: openPortDevice,
    onStream: (stream) => stream.reset('nothing is served here'),
    onSession: (session) => relay.attach(session),
    onDown: (reason) => log(`port for files: ${reason}`),
    log,
  });
  rmSync(readySocket, { force: true });
  const ready = createServer((socket) => socket.destroy()).listen(readySocket, () => process.stdout.write('ready\n'));
  process.on('SIGTERM', () => {
    guestPort.close();
    ready.close();
    unmountFuse(target);
    process.exit(0);
  });
}

function replayThread(): string {
  const source = fileURLToPath(new URL('./replay-thread.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('./replay-thread.mjs', import.meta.url));
}

main();
