import { setTimeout as delay } from 'node:timers/promises';
import type { EventMessage } from '../../contract/engine-api/event.ts';
import type { IpcPushes } from '../../contract/ipc.ts';
import type { Vm } from '../vm/vm.ts';
import type { EngineClient } from './engine-client.ts';
import { readJsonLines } from './json-lines.ts';

export type EngineConnection = IpcPushes['engine/connection'];

export interface EventsWatcherOptions {
  client: Pick<EngineClient, 'events'>;
  /** While the VM does not run nothing is tried; once it runs, a try is made at once. */
  vm: Pick<Vm, 'state' | 'onState'>;
  onEvent(event: EventMessage): void;
  /** Only changes are told; the first is `connected`. */
  onConnection(connection: EngineConnection): void;
  signal: AbortSignal;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/**
 * Follows `GET /events` until `signal` aborts, over as many connections as it takes. Events between two connections are
 * lost on purpose: after every `connected` the listener reads its lists again.
 */
export async function watchEvents(options: EventsWatcherOptions): Promise<void> {
  const { client, signal } = options;
  let away = true;
  let delayMs = firstDelayMs;
  while (!signal.aborted) {
    if (!(await untilRunning(options))) return;
    try {
      const stream = await client.events(signal);
      away = false;
      delayMs = firstDelayMs;
      options.onConnection({ status: 'connected' });
      for await (const event of readJsonLines<EventMessage>(stream as NodeJS.ReadableStream & AsyncIterable<Uint8Array>)) options.onEvent(event);
    } catch {
      // Whatever broke it, the answer is the same: say that the engine is away and try again.
    }
    if (signal.aborted) return;
    if (!away) options.onConnection({ status: 'away', since: new Date().toISOString() });
    away = true;
    await delay(delayMs, undefined, { signal }).catch(() => undefined);
    delayMs = Math.min(delayMs * 2, longestDelayMs);
  }
}

/** Resolves true once the VM runs, false when `signal` aborts first. */
function untilRunning({ vm, signal }: EventsWatcherOptions): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  if (vm.state.status === 'running') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (running: boolean) => {
      stop();
      signal.removeEventListener('abort', onAbort);
      resolve(running);
    };
    const onAbort = () => settle(false);
    const stop = vm.onState((state) => {
      if (state.status === 'running') settle(true);
    });
    signal.addEventListener('abort', onAbort);
  });
}
