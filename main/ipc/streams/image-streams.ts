import { Readable } from 'node:stream';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import type { IpcStreams } from '../../../contract/ipc.ts';
import type { EngineClient } from '../../engine-client/engine-client.ts';
import { engineFailure, toEngineFailure } from '../../engine-client/engine-failure.ts';
import { readJsonLines } from '../../engine-client/json-lines.ts';
import type { RegistryAccounts } from '../../registries/registry-accounts.ts';
import type { StreamSession } from '../stream-session.ts';

type Pull = IpcStreams['images/pull'];
type Load = IpcStreams['images/load'];

/** How often the window hears how much of a tar was taken: each MiB. */
const uploadStep = 1024 * 1024;

/** Pulls and tells each progress line. The window's close takes the pull back: the engine sees its connection end. */
export async function pullImage(engine: EngineClient, accounts: Pick<RegistryAccounts, 'authFor'>, params: Pull['params'], session: StreamSession<Pull['down'], never>): Promise<void> {
  const { signal } = session;
  await sendProgress(await engine.images.pull(params.reference, { platform: params.platform, auth: await accounts.authFor(params.reference), signal }), session);
}

/** Sends the window's bytes to the engine as they come, and the engine's progress back. */
export async function loadImage(engine: EngineClient, params: Load['params'], session: StreamSession<Load['down'], Load['up']>): Promise<void> {
  const tar = Readable.from(uploaded(params, session), { objectMode: false, highWaterMark: 256 * 1024 });
  // docker-modem passes a source's error on to the request; this listener only keeps it from being uncaught afterwards.
  tar.on('error', () => undefined);
  try {
    await sendProgress(await engine.images.load(tar, { signal: session.signal }), session);
  } finally {
    tar.destroy();
  }
}

async function* uploaded({ name, size }: Load['params'], session: StreamSession<Load['down'], Load['up']>): AsyncGenerator<Uint8Array> {
  let current = 0;
  let told = 0;
  const tell = () => session.send({ status: 'Sending', id: name, progressDetail: { current, total: size } });
  for await (const message of session.received()) {
    if (!(message instanceof Uint8Array)) break;
    current += message.length;
    if (current - told >= uploadStep) {
      told = current;
      await tell();
    }
    yield message;
  }
  // A window that went away must not look like the end of the tar: the engine would try to load half an image.
  session.signal.throwIfAborted();
  await tell();
}

async function sendProgress(lines: Readable, session: StreamSession<ProgressMessage, unknown>): Promise<void> {
  try {
    for await (const message of readJsonLines<ProgressMessage>(lines)) {
      if (message.error !== undefined) throw engineFailure(message.errorDetail?.message ?? message.error);
      await session.send(message);
    }
  } catch (error) {
    throw toEngineFailure(error);
  } finally {
    lines.destroy();
  }
}
