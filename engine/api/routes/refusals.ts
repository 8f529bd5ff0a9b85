import { NotImplementedError, UnavailableError } from '../../errors.ts';
import type { Handler } from '../router.ts';

/** Answers as a node that is in no swarm; clients know these words. */
export const notSwarmManager: Handler = () => {
  throw new UnavailableError(
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  );
};

/** @param what in the user's words: `docker build` */
export function notBuiltYet(what: string): Handler {
  return () => {
    throw new NotImplementedError(`${what} is not built yet in this version of Slipway's engine`);
  };
}

export const noPlugins: Handler = (exchange) => exchange.answer(200, []);
