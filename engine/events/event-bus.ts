import type { EventMessage } from '../../contract/engine-api/event.ts';
import type { EventSink } from '../containers/collaborators.ts';
import { nowNanoseconds } from '../lib/time/timestamp.ts';

/** An event with its exact time; the message's `timeNano` is rounded to what a double holds. */
export interface StampedEvent {
  nanoseconds: bigint;
  message: EventMessage;
  /** The message as JSON, with all digits of `timeNano`: made once for all readers. */
  text: string;
}

/** As many as dockerd keeps. */
const capacity = 256;

/** What older news can be read from. */
export interface EventArchive {
  append(event: StampedEvent): void;
  read(since: bigint, before: bigint): AsyncIterable<StampedEvent>;
}

/**
 * The engine's news. Events announce what has happened; nothing in the engine acts on them.
 * The last 256 are in memory (`since`), older ones in the archive.
 */
export class EventBus implements EventSink {
  readonly #ring: StampedEvent[] = [];
  readonly #listeners = new Set<(event: StampedEvent) => void>();
  readonly #archive: EventArchive | undefined;

  constructor(archive?: EventArchive) {
    this.#archive = archive;
  }

  publish(type: EventMessage['Type'], action: string, id: string, attributes: Record<string, string>): void {
    const nanoseconds = nowNanoseconds();
    const time = Number(nanoseconds / 1_000_000_000n);
    const fields = {
      ...legacyFields(type, action, id, attributes),
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope: 'local' as const,
      time,
    };
    const text = `${JSON.stringify(fields).slice(0, -1)},"timeNano":${nanoseconds}}`;
    const event = { nanoseconds, message: { ...fields, timeNano: Number(nanoseconds) }, text };
    this.#ring.push(event);
    if (this.#ring.length > capacity) this.#ring.shift();
    this.#archive?.append(event);
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * What has happened since a moment, and everything from now on: both in one step, so that nothing falls between.
   * @param since nanoseconds since 1970; without it the backlog is empty.
   */
  subscribe(listener: (event: StampedEvent) => void, since?: bigint): { backlog: AsyncIterable<StampedEvent> | Iterable<StampedEvent>; unsubscribe: () => void } {
    this.#listeners.add(listener);
    return { backlog: since === undefined ? [] : this.#backlog(since), unsubscribe: () => this.#listeners.delete(listener) };
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  #backlog(since: bigint): AsyncIterable<StampedEvent> | Iterable<StampedEvent> {
    const recent = this.#ring.filter((event) => event.nanoseconds >= since);
    const archive = this.#archive;
    // The ring reaches back that far: nothing older is asked for.
    if (archive === undefined || (recent.length > 0 && recent.length < this.#ring.length)) return recent;
    const before = recent[0]?.nanoseconds ?? nowNanoseconds();
    return (async function* () {
      yield* archive.read(since, before);
      yield* recent;
    })();
  }
}

/** The spelling of API 1.21 and older, which clients still read. Source: moby daemon/events/events.go. */
function legacyFields(type: EventMessage['Type'], action: string, id: string, attributes: Record<string, string>): Partial<EventMessage> {
  if (type === 'container') return { status: action, id, ...(attributes.image ? { from: attributes.image } : {}) };
  return type === 'image' ? { status: action, id } : {};
}
