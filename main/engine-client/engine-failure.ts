import type { IpcErrorKind } from '../../contract/ipc-result.ts';
import { Failure, messageOf } from '../failure.ts';

const unreachableCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

/** What the window should advise for the engine's own words. First match wins; patterns follow moby's messages. */
const advice: { pattern: RegExp; kind?: IpcErrorKind; hint: (match: RegExpMatchArray) => string }[] = [
  {
    pattern: /container name "\/?([^"]+)" is already in use/i,
    kind: 'conflict',
    hint: (match) => `Choose another name, or remove the container that is called ${match[1]} first.`,
  },
  {
    pattern: /(?:Bind for \S*?:(\d+) failed: )?port is already allocated|address already in use|port (\d+)[^.]*(?:is (?:already )?(?:in use|taken|held|allocated))/i,
    kind: 'conflict',
    hint: (match) => {
      const port = match[1] ?? match[2];
      return `Something else holds ${port === undefined ? 'this port' : `port ${port}`}: publish on another port of this computer, or stop what holds it.`;
    },
  },
  {
    pattern: /No such image: (\S+)/i,
    kind: 'not-found',
    hint: (match) => `Pull it first: docker pull ${match[1]}`,
  },
  {
    pattern: /pull access denied|manifest unknown|manifest for \S+ not found|repository does not exist/i,
    kind: 'not-found',
    hint: () => 'Check the spelling of the name and tag; a private image needs a login to its registry.',
  },
  {
    pattern: /(?:Get|Head) "?https?:\/\/([^/"]+)[^]*(?:connection refused|no such host|i\/o timeout|deadline exceeded|network is unreachable|certificate|EOF)/i,
    kind: 'unavailable',
    hint: (match) => `Check the spelling of ${match[1]} and this computer's network, then try again.`,
  },
  {
    pattern: /image is (?:being used|referenced)|conflict: unable to (?:remove|delete)/i,
    kind: 'conflict',
    hint: () => 'Remove the containers that use the image first, or remove it by force.',
  },
  {
    pattern: /cannot remove container[^]*(?:running|paused)|container is running/i,
    kind: 'conflict',
    hint: () => 'Stop the container first, or remove it by force.',
  },
  { pattern: /no space left on device/i, hint: () => 'The data disk is full: remove images or containers that are not needed, or enlarge the disk in the settings.' },
  { pattern: /executable file not found/i, kind: 'invalid', hint: () => 'The command is not in this image: check its spelling, or take a command that the image has.' },
];

/** HTTP status of an engine answer → kind. */
function kindOfStatus(status: number): IpcErrorKind {
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 503) return 'unavailable';
  return status >= 400 && status < 500 ? 'invalid' : 'internal';
}

/**
 * An engine's message as a {@link Failure}. `status` is absent for errors that stand inside a stream of progress lines.
 */
export function engineFailure(message: string, status?: number): Failure {
  for (const { pattern, kind, hint } of advice) {
    const match = pattern.exec(message);
    if (match !== null) return new Failure(kind ?? kindOfStatus(status ?? 500), message, { status, hint: hint(match) });
  }
  return new Failure(kindOfStatus(status ?? 500), message, { status });
}

/**
 * Turns what dockerode throws into a {@link Failure}: an answer of the engine keeps its message and status, a connection that
 * failed becomes `unavailable`, an abort becomes `cancelled`.
 */
export function toEngineFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { statusCode, json, reason, code, name } = error as { statusCode?: number; json?: unknown; reason?: string; code?: string; name?: string };
  if (statusCode !== undefined) return engineFailure(messageOfAnswer(json, reason, messageOf(error)), statusCode);
  if (name === 'AbortError' || code === 'ABORT_ERR') return new Failure('cancelled', 'The request was taken back.', { cause: error });
  if (code !== undefined && !unreachableCodes.has(code)) return new Failure('internal', messageOf(error), { cause: error });
  return new Failure('unavailable', `The engine cannot be reached: ${messageOf(error)}`, {
    hint: 'Wait until the engine runs, or start it.',
    cause: error,
  });
}

/** docker-modem hides the engine's sentence in `(HTTP code 404) reason - sentence ` when the answer was a stream. */
function messageOfAnswer(json: unknown, reason: string | undefined, wrapped: string): string {
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') return json.message;
  const prefix = new RegExp(`^\\(HTTP code \\d+\\) ${(reason ?? 'unexpected').replaceAll(/[^\w ]/g, '\\$&')} - `);
  return wrapped.replace(prefix, '').trim();
}
