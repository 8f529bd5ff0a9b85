import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { QmpError, type QmpClient } from './qmp-client.ts';

/**
 * A VM's state into a file and out of it, by QEMU's migration. Its memory is a file already and is left out (`x-ignore-shared`), so what passes here is
 * half a megabyte. Over a socket, as QEMU's sandbox lets it start no program to write to, and reads files only since version 8.2.
 *
 * @param socket path of a unix socket for the moment
 */
export async function saveState(qmp: QmpClient, socket: string, stateFile: string): Promise<void> {
  await rm(socket, { force: true });
  const server = createServer();
  const connected = once(server, 'connection') as Promise<[Socket]>;
  server.listen(socket);
  try {
    await once(server, 'listening');
    await qmp.execute('stop');
    await leaveMemoryOut(qmp);
    await qmp.execute('migrate', { uri: `unix:${socket}` });
    const [stream] = await connected;
    await Promise.all([pipeline(stream, createWriteStream(stateFile, { mode: 0o600 })), finished(qmp)]);
  } finally {
    server.close();
    await rm(socket, { force: true });
  }
}

/** QEMU was started with `-incoming defer`. @throws QmpError with its words when it cannot take the state. */
export async function loadState(qmp: QmpClient, socket: string, stateFile: string): Promise<void> {
  await rm(socket, { force: true });
  await leaveMemoryOut(qmp);
  await qmp.execute('migrate-incoming', { uri: `unix:${socket}` });
  const stream = connect(socket);
  const [sent] = await Promise.allSettled([pipeline(createReadStream(stateFile, { highWaterMark: 1024 * 1024 }), stream)]);
  await finished(qmp);
  if (sent.status === 'rejected') throw sent.reason;
  await rm(socket, { force: true });
  await qmp.execute('cont');
}

async function leaveMemoryOut(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] });
}

const pollMs = 3;
const deadlineMs = 30_000;

async function finished(qmp: QmpClient): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const { status, 'error-desc': reason } = (await qmp.execute('query-migrate')) as { status?: string; 'error-desc'?: string };
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled') throw new QmpError(`migration ${status}${reason === undefined ? '' : `: ${reason}`}`);
    if (performance.now() > deadline) throw new QmpError(`migration took longer than ${deadlineMs / 1000} s`);
    await delay(pollMs);
  }
}
