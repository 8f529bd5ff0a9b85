import type { EngineClient } from '../engine-client/engine-client.ts';
import { Failure } from '../failure.ts';
import type { IpcRequests } from '../../contract/ipc.ts';
import type { HandlersOf, Services } from './handlers.ts';

export function containerHandlers({ engine }: Services): HandlersOf<'containers'> {
  const { containers } = engine;
  const quiet = async (call: Promise<unknown>): Promise<undefined> => {
    await call;
    return undefined;
  };
  return {
    'containers/list': () => containers.list(),
    'containers/inspect': ({ id }) => containers.inspect(id),
    'containers/run': (params) => run(engine, params),
    'containers/start': ({ id }) => quiet(containers.start(id)),
    'containers/stop': ({ id }) => quiet(containers.stop(id)),
    'containers/restart': ({ id }) => quiet(containers.restart(id)),
    'containers/kill': ({ id, signal }) => quiet(containers.kill(id, signal)),
    'containers/pause': ({ id }) => quiet(containers.pause(id)),
    'containers/unpause': ({ id }) => quiet(containers.unpause(id)),
    'containers/remove': ({ id, ...options }) => quiet(containers.remove(id, options)),
  };
}

type Run = IpcRequests['containers/run'];

async function run({ containers }: EngineClient, { name, platform, request, start = true }: Run['params']): Promise<Run['result']> {
  const { Id: id, Warnings } = await containers.create(request, { name, platform });
  const warnings = Warnings ?? [];
  if (!start) return { id, warnings };
  try {
    await containers.start(id);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const kept = `The container ${name ?? id.slice(0, 12)} was made and kept: start it again, or remove it.`;
    throw new Failure(error.kind, error.message, { status: error.status, hint: error.hint === undefined ? kept : `${error.hint} ${kept}`, cause: error });
  }
  return { id, warnings };
}
