import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { QmpError, type QmpClient } from './qmp-client.ts';
import { ZeroPageFilter } from './zero-page-filter.ts';

/**
 * A VM's state into a file and out of it, by QEMU's migration. Memory that is a shared file already is left out (`x-ignore-shared`), so what passes
 * for a VM that is kept is half a megabyte; for one that is suspended it is all that its memory holds. Out of QEMU over a socket, as its sandbox lets it start
 * no program to write to, and it writes files only since version 8.2; into it by a descriptor that it is launched with.
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

/** QEMU's descriptor of the state that it was launched with, the first after stdin, stdout and stderr. */
const stateDescriptor = 3;

/** QEMU was started with `-incoming defer` and has the state's file open. @throws QmpError with its words when it cannot take the state. */
export async function loadState(qmp: QmpClient, beforeGoingOn?: () => Promise<void>): Promise<void> {
  // Sent one after the other without waiting: QEMU carries them out in this order, and refuses the second where it refused the first.
  await Promise.all([prepare(qmp), qmp.execute('migrate-incoming', { uri: `fd:${stateDescriptor}` }), finished(qmp)]);
  await beforeGoingOn?.();
  await qmp.execute('cont');
}

const chunkBytes = 1024 * 1024;
/** QEMU holds itself back to 128 MiB/s unless it is told that nobody else needs the line. */
const bandwidth = 64 * 1024 ** 3;

async function prepare(qmp: QmpClient): Promise<void> {
  await Promise.all([
    qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] }),
    // The guest would tell its neighbours where it is now; it has none.
    qmp.execute('migrate-set-parameters', { 'max-bandwidth': bandwidth, 'announce-rounds': 0 }),
  ]);
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
