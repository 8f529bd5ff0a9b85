import { InvalidParameterError, NotFoundError, NotImplementedError, UnavailableError } from '../../errors.ts';
import type { Handler } from '../router.ts';

/** Answers as a node that is in no swarm; clients know these words. */
export const notSwarmManager: Handler = () => {
  throw new UnavailableError(
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  );
};

/** `PUT /volumes/{name}` changes volumes of a cluster, and of no others. */
export const clusterVolumesAlone: Handler = () => {
  throw new UnavailableError('volume update only valid for cluster volumes, but swarm is unavailable');
};

/** @param what in the user's words: `docker build` */
export function notBuiltYet(what: string): Handler {
  return () => {
    throw new NotImplementedError(`${what} is not built yet in this version of Slipway's engine`);
  };
}

export const notInSwarm: Handler = () => {
  throw new UnavailableError('This node is not part of a swarm');
};

/** Logs of services and tasks: moby looks at the streams first. */
export const noSwarmLogs: Handler = (exchange) => {
  if (!exchange.query.flag('stdout') && !exchange.query.flag('stderr')) throw new InvalidParameterError('Bad parameters: you must choose at least one stream');
  return notSwarmManager(exchange);
};

export const noPlugins: Handler = (exchange) => {
  for (const name of Object.keys(exchange.filters())) if (name !== 'enabled' && name !== 'capability') throw new InvalidParameterError(`invalid filter '${name}'`);
  exchange.answer(200, []);
};

/** There are none, and none can be added. */
export const noSuchPlugin: Handler = (exchange) => {
  throw new NotFoundError(`plugin "${exchange.param('name')}" not found`);
};

export const pluginsNotSupported: Handler = () => {
  throw new NotImplementedError("plugins are not supported by Slipway's engine");
};

export const buildkitNotSupported: Handler = () => {
  throw new NotImplementedError("BuildKit sessions are not supported by Slipway's engine: use the classic builder (DOCKER_BUILDKIT=0)");
};

/** No cache is kept, so there is nothing to take away; `docker system prune` asks in any case. */
export const noBuildCache: Handler = (exchange) => {
  exchange.filters();
  exchange.answer(200, { CachesDeleted: null, SpaceReclaimed: 0 });
};

/** No build runs; cancelling one that does not run is no error. */
export const cancelBuild: Handler = (exchange) => {
  if (exchange.query.text('id') === '') throw new InvalidParameterError('build ID not provided');
  exchange.answerEmpty(200);
};
