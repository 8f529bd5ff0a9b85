import { Readable } from 'node:stream';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import type { IpcStreams } from '../../../contract/ipc.ts';
import type { EngineClient } from '../../engine-client/engine-client.ts';
import { engineFailure, toEngineFailure } from '../../engine-client/engine-failure.ts';
import { readJsonLines } from '../../engine-client/json-lines.ts';
import type { StreamSession } from '../stream-session.ts';

type Lines = IpcStreams['engine/lines'];
type Bytes = IpcStreams['engine/bytes'];
type Upload = IpcStreams['engine/upload'];

/** How often the window hears how much was taken: each MiB. */
const tellEvery = 1024 * 1024;

/** Each object of the answer, only as fast as the window takes them. */
export async function streamLines(engine: EngineClient, { operation, params }: Lines['params'], session: StreamSession<Lines['down'], never>): Promise<void> {
  const { body } = await engine.operations.stream(operation, params, session.signal);
  await passLines(body, (line) => session.send(line));
}

export async function streamBytes(engine: EngineClient, { operation, params }: Bytes['params'], session: StreamSession<Bytes['down'], never>): Promise<void> {
  const { body } = await engine.operations.stream(operation, params, session.signal);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) await session.send(chunk);
  } catch (error) {
    throw toEngineFailure(error);
  } finally {
    body.destroy();
  }
}

/** The window's bytes to the engine as they come, and the engine's answer back. */
export async function uploadBytes(engine: EngineClient, { operation, params, size }: Upload['params'], session: StreamSession<Upload['down'], Upload['up']>): Promise<void> {
  const source = Readable.from(uploaded(session), { objectMode: false, highWaterMark: 256 * 1024 });
  source.on('error', () => undefined);
  try {
    await passLines(await engine.operations.upload(operation, params, source, { size, signal: session.signal }), (line) => session.send({ type: 'line', line }));
  } finally {
    source.destroy();
  }
}

async function* uploaded(session: StreamSession<Upload['down'], Upload['up']>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let told = 0;
  for await (const message of session.received()) {
    if (!(message instanceof Uint8Array)) break;
    yield message;
    bytes += message.length;
    if (bytes - told < tellEvery) continue;
    told = bytes;
    await session.send({ type: 'taken', bytes });
  }
  // A window that went away must not look like the end of the file.
  session.signal.throwIfAborted();
  await session.send({ type: 'taken', bytes });
}

async function passLines(body: Readable, pass: (line: unknown) => Promise<void>): Promise<void> {
  try {
    for await (const line of readJsonLines<ProgressMessage>(body)) {
      if (line.error !== undefined) throw engineFailure(line.errorDetail?.message ?? line.error);
      await pass(line);
    }
  } catch (error) {
    throw toEngineFailure(error);
  } finally {
    body.destroy();
  }
}
