import type { EventMessage } from '../../contract/engine-api/event.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { readJsonLines } from '../engine-client/json-lines.ts';

const hour = 3_600_000;

/**
 * What containers did while nobody here listened, out of the engine's own memory of its events: at a start of the app since the hour began that its
 * charts show, later since the connection broke. Another engine's memory may be shorter. @throws Failure
 */
export async function catchUp(engine: Pick<EngineClient, 'operations'>, since: number | undefined, hear: (event: EventMessage) => void, signal: AbortSignal): Promise<void> {
  const now = Date.now();
  const from = Math.max(now - hour, since ?? 0);
  const { body } = await engine.operations.stream('system.events', { since: (from / 1000).toFixed(3), until: (now / 1000).toFixed(3), filters: { type: ['container'] } }, signal);
  try {
    for await (const event of readJsonLines<EventMessage>(body)) hear(event);
  } finally {
    body.destroy();
  }
}
