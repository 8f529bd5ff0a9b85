import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Failure } from '../failure.ts';
import type { ControlAnswer, ControlWish } from './control-protocol.ts';

export type ControlState = Extract<ControlAnswer, { type: 'state' }>;

/**
 * Asks the Slipway that runs with this control socket and gives its answers, until it ends or the caller leaves the loop. Null when none runs.
 * @throws Failure what the other side refused with.
 */
export async function askControl(path: string, wish: ControlWish): Promise<AsyncIterableIterator<ControlAnswer> | null> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return null;
    throw new Failure('unavailable', `The Slipway that runs cannot be asked: ${(error as Error).message}`, { hint: `See that ${path} is yours.`, cause: error });
  }
  socket.on('error', () => undefined);
  socket.write(`${JSON.stringify({ wish })}\n`);
  return answers(socket);
}

async function* answers(socket: Socket): AsyncIterableIterator<ControlAnswer> {
  try {
    for await (const line of createInterface({ input: socket })) {
      const answer = JSON.parse(line) as ControlAnswer;
      if (answer.type === 'error') throw new Failure(answer.error.kind, answer.error.message, answer.error.hint === undefined ? {} : { hint: answer.error.hint });
      yield answer;
    }
  } finally {
    socket.destroy();
  }
}

/** How the Slipway that runs is now; null when none does. */
export async function runningState(path: string): Promise<ControlState | null> {
  for await (const answer of (await askControl(path, 'watch')) ?? []) if (answer.type === 'state') return answer;
  return null;
}

/** Asks it to end, and resolves once it has let go of everything. Answers false when none ran. */
export async function quitRunning(path: string, signal: AbortSignal): Promise<boolean> {
  const answers = await askControl(path, 'quit');
  if (answers === null) return false;
  // States on the way, then the end.
  while (!(await answers.next()).done) signal.throwIfAborted();
  return true;
}
