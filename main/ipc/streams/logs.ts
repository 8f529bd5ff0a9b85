import type { IpcStreams } from '../../../contract/ipc.ts';
import type { EngineClient } from '../../engine-client/engine-client.ts';
import { toEngineFailure } from '../../engine-client/engine-failure.ts';
import { LogDecoder } from './log-decoder.ts';
import type { StreamSession } from '../stream-session.ts';

type Logs = IpcStreams['containers/logs'];

/** Reads a container's log only as fast as the window takes it. Without `follow`, and when the container is removed, it ends. */
export async function streamLogs(engine: EngineClient, params: Logs['params'], session: StreamSession<Logs['down'], never>): Promise<void> {
  const { id, follow, tail, timestamps, since } = params;
  const { Config } = await engine.containers.inspect(id);
  const source = await engine.containers.logs(id, { follow, tail, timestamps, since, signal: session.signal });
  const decoder = new LogDecoder(Config.Tty === true);
  try {
    for await (const bytes of source as AsyncIterable<Uint8Array>) {
      for (const chunk of decoder.push(bytes)) await session.send(chunk);
    }
    for (const chunk of decoder.end()) await session.send(chunk);
  } catch (error) {
    throw toEngineFailure(error);
  } finally {
    source.destroy();
  }
}
