import { shownPath, type OperationParams } from '../../../contract/engine-operation.ts';
import { engineOperations, type OperationName, type OperationOf } from '../../../contract/engine-operations.ts';
import { callEngine, type AnswerOf, type ParamsOf } from '../../api.ts';
import type { DockerCommand } from '../../format/engine/docker-command.ts';
import { withCommand } from './commands.ts';

/** One thing that a person does to the engine: its docker command for the strip, and the operation that does it. */
export interface EngineAction<O extends OperationOf<'json'>> {
  command: DockerCommand;
  operation: O;
  params: ParamsOf<O>;
  /** What stands behind the command when it went well; without it, how long it took. */
  resultOf?(answer: AnswerOf<O>): string;
}

/**
 * The one way by which stores act on the engine. Strip and history show the docker command and the API call, then how it went.
 * @throws {IpcFailure}
 */
export function actOnEngine<O extends OperationOf<'json'>>({ command, operation, params, resultOf }: EngineAction<O>): Promise<AnswerOf<O>> {
  return withCommand(command, () => callEngine(operation, params), resultOf, apiCallOf(operation, params as OperationParams));
}

/** `POST /volumes/create`, with the query where there is one: what an API client would send. */
export function apiCallOf(operation: OperationName, params: OperationParams): string {
  const { method, query } = engineOperations[operation];
  const asked = query.flatMap((name) => (params[name] === undefined ? [] : [`${name}=${textOf(params[name])}`]));
  return `${method} ${shownPath(engineOperations[operation], params)}${asked.length === 0 ? '' : `?${asked.join('&')}`}`;
}

const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
