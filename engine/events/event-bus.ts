import type { EventMessage } from '../../contract/engine-api/event.ts';
import type { EventSink } from '../containers/collaborators.ts';
import { nowNanoseconds } from '../lib/timestamp.ts';

/** An event with its exact time; the message's `timeNano` is rounded to what a double holds. */
export interface StampedEvent {
  nanoseconds: bigint;
  message: EventMessage;
}

/** As many as dockerd keeps. */
const capacity = 256;

/**
 * The engine's news. Events announce what has happened; nothing in the engine acts on them.
 * The last 256 can be read again (`since`), older ones are forgotten.
 */
export class EventBus implements EventSink {
  readonly #ring: StampedEvent[] = [];
  readonly #listeners = new Set<(event: StampedEvent) => void>();

  publish(type: EventMessage['Type'], action: string, id: string, attributes: Record<string, string>): void {
    const nanoseconds = nowNanoseconds();
    const message: EventMessage = {
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope: 'local',
      time: Number(nanoseconds / 1_000_000_000n),
      timeNano: Number(nanoseconds),
    };
    // The spelling of API 1.21 and older, which clients still read. Source: moby daemon/events/events.go.
    if (type === 'container') Object.assign(message, { status: action, id, from: attributes.image ?? '' });
    if (type === 'image') Object.assign(message, { status: action, id });
    const event = { nanoseconds, message };
    this.#ring.push(event);
    if (this.#ring.length > capacity) this.#ring.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * What has happened since a moment, and everything from now on: both in one step, so that nothing falls between.
   * @param since nanoseconds since 1970; without it the backlog is empty.
   */
  subscribe(listener: (event: StampedEvent) => void, since?: bigint): { backlog: StampedEvent[]; unsubscribe: () => void } {
    const backlog = since === undefined ? [] : this.#ring.filter((event) => event.nanoseconds >= since);
    this.#listeners.add(listener);
    return { backlog, unsubscribe: () => this.#listeners.delete(listener) };
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }
}
