import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { QmpError, type QmpClient } from './qmp-client.ts';
import { ZeroPageFilter } from './zero-page-filter.ts';

/**
 * A VM's state into a file and out of it, by QEMU's migration. Memory that is a shared file already is left out (`x-ignore-shared`), so what passes
 * for a VM that is kept is half a megabyte; for one that is suspended it is all that its memory holds. Over a socket, as QEMU's sandbox lets it start
 * no program to write to, and reads files only since version 8.2.
 *
 * @param socket path of a unix socket for the moment
 */
export async function saveState(qmp: QmpClient, socket: string, stateFile: string, signal = new AbortController().signal): Promise<void> {
  await rm(socket, { force: true });
  const server = createServer();
  const connected = once(server, 'connection', { signal }) as Promise<[Socket]>;
  // Nobody waits for it where a command before it fails.
  connected.catch(() => undefined);
  server.listen(socket);
  try {
    await once(server, 'listening');
    await qmp.execute('stop');
    await prepare(qmp);
    await qmp.execute('migrate', { uri: `unix:${socket}` });
    const done = finished(qmp, signal);
    const [stream] = await Promise.race([connected, done.then(() => connected)]);
    await Promise.all([pipeline(stream, new ZeroPageFilter(), createWriteStream(stateFile, { mode: 0o600, highWaterMark: chunkBytes }), { signal }), done]);
  } finally {
    server.close();
    await rm(socket, { force: true });
  }
}

/** As {@link saveState}, of a VM that goes on when it cannot be saved, or when `signal` says that it shall not. */
export async function suspendState(qmp: QmpClient, socket: string, stateFile: string, signal: AbortSignal): Promise<void> {
  try {
    await saveState(qmp, socket, stateFile, signal);
    signal.throwIfAborted();
  } catch (error) {
    await rm(stateFile, { force: true });
    await qmp.execute('migrate_cancel');
    await untilOver(qmp);
    await qmp.execute('cont');
    throw error;
  }
}

/** QEMU was started with `-incoming defer`. @throws QmpError with its words when it cannot take the state. */
export async function loadState(qmp: QmpClient, socket: string, stateFile: string, beforeGoingOn?: () => Promise<void>): Promise<void> {
  await rm(socket, { force: true });
  await prepare(qmp);
  await qmp.execute('migrate-incoming', { uri: `unix:${socket}` });
  const stream = connect(socket);
  const [sent] = await Promise.allSettled([pipeline(createReadStream(stateFile, { highWaterMark: chunkBytes }), stream)]);
  await finished(qmp);
  if (sent.status === 'rejected') throw sent.reason;
  await rm(socket, { force: true });
  await beforeGoingOn?.();
  await qmp.execute('cont');
}

const chunkBytes = 1024 * 1024;
/** QEMU holds itself back to 128 MiB/s unless it is told that nobody else needs the line. */
const bandwidth = 64 * 1024 ** 3;

async function prepare(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] });
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': bandwidth });
}

const pollMs = 3;
/** How long QEMU may pass no byte before it is given up. */
const deadlineMs = 30_000;

interface Progress {
  status?: string;
  ram?: { transferred?: number };
  'error-desc'?: string;
}

async function finished(qmp: QmpClient, signal?: AbortSignal): Promise<void> {
  let transferred = 0;
  let deadline = performance.now() + deadlineMs;
  for (;;) {
    const { status, ram, 'error-desc': reason } = (await qmp.execute('query-migrate')) as Progress;
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled') throw new QmpError(`migration ${status}${reason === undefined ? '' : `: ${reason}`}`);
    signal?.throwIfAborted();
    if ((ram?.transferred ?? 0) > transferred) deadline = performance.now() + deadlineMs;
    transferred = ram?.transferred ?? 0;
    if (performance.now() > deadline) throw new QmpError(`migration stood still for ${deadlineMs / 1000} s`);
    await delay(pollMs);
  }
}

/** A migration that was cancelled takes a moment to be so, and until then the VM cannot go on. */
async function untilOver(qmp: QmpClient): Promise<void> {
  for (;;) {
    const { status } = (await qmp.execute('query-migrate')) as Progress;
    if (status === undefined || ['none', 'completed', 'failed', 'cancelled'].includes(status)) return;
    await delay(pollMs);
  }
}
