import type { IpcStreams } from '../../../contract/ipc.ts';
import type { EngineClient } from '../../engine-client/engine-client.ts';
import { toEngineFailure } from '../../engine-client/engine-failure.ts';
import type { StreamSession } from '../stream-session.ts';

type Download = IpcStreams['engine/download'];

/** How the shell keeps a file: `main/electron/save-file.ts`, `main/web/download-desk.ts`. */
export interface FileSaver {
  /**
   * Asks where it goes. Undefined: the person thought better of it.
   * @param size in bytes, when it is known.
   */
  open(fileName: string, size: number | undefined): Promise<SaveTarget | undefined>;
}

export interface SaveTarget {
  readonly place: { type: 'ready'; path: string } | { type: 'saving'; path: string };
  /**
   * Takes the bytes and resolves when the file is whole and safe. Leaves nothing behind when they break off.
   * @throws Failure `cancelled` when the other side (the browser) took it back.
   */
  take(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
}

const tellEveryMs = 200;

/** A `bytes` operation into a file. The engine is asked first: what it refuses is told before any dialog. */
export async function downloadFile(engine: EngineClient, files: FileSaver, params: Download['params'], session: StreamSession<Download['down'], never>): Promise<void> {
  const { body, size } = await engine.operations.stream(params.operation, params.params, session.signal);
  try {
    const target = await files.open(params.fileName, size);
    if (target === undefined) return await session.send({ type: 'dismissed' });
    await session.send(target.place);
    await target.take(counted(body as AsyncIterable<Uint8Array>, size, session), session.signal);
  } catch (error) {
    throw toEngineFailure(error);
  } finally {
    body.destroy();
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, total: number | undefined, session: StreamSession<Download['down'], never>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let toldAt = 0;
  const tell = (): Promise<void> => session.send({ type: 'progress', bytes, ...(total === undefined ? {} : { total }) });
  for await (const chunk of source) {
    yield chunk;
    bytes += chunk.length;
    const now = performance.now();
    if (now - toldAt < tellEveryMs) continue;
    toldAt = now;
    await tell();
  }
  await tell();
}
