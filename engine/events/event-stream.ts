import type { EventMessage } from '../../contract/engine-api/event.ts';
import { nowNanoseconds } from '../lib/time/timestamp.ts';
import type { EventBus, StampedEvent } from './event-bus.ts';

export interface EventStreamOptions {
  /** Nanoseconds since 1970; without it, but with `until`, the backlog begins with the oldest that is known, as in moby. */
  since?: bigint;
  /** The stream ends at this moment; one that has passed ends it after the backlog. */
  until?: bigint;
  accept: (message: EventMessage) => boolean;
  signal: AbortSignal;
}

/** Events beyond this many unread ones mean that the reader is gone or stuck: the stream ends rather than fill the memory. */
const maxPending = 10_000;

/** The backlog and then the news, until `until` or the signal. */
export async function* streamEvents(bus: EventBus, options: EventStreamOptions): AsyncGenerator<StampedEvent> {
  const { until, accept, signal } = options;
  let pending: StampedEvent[] = [];
  let wake: () => void = () => undefined;
  const { backlog, unsubscribe } = bus.subscribe((event) => {
    pending.push(event);
    wake();
  }, options.since ?? (until === undefined ? undefined : 0n));
  let ended = false;
  const end = () => {
    ended = true;
    wake();
  };
  signal.addEventListener('abort', end, { once: true });
  const timer = until === undefined ? undefined : endAt(until, end);
  try {
    for await (const event of backlog) {
      if (signal.aborted || !inTime(event, until)) break;
      if (accept(event.message)) yield event;
    }
    while (!signal.aborted) {
      const batch = pending;
      pending = [];
      if (batch.length > maxPending) return;
      for (const event of batch) {
        if (!inTime(event, until)) return;
        if (accept(event.message)) yield event;
      }
      if (ended && pending.length === 0) return;
      if (pending.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', end);
    clearTimeout(timer);
  }
}

function inTime(event: StampedEvent, until: bigint | undefined): boolean {
  return until === undefined || event.nanoseconds <= until;
}

function endAt(until: bigint, end: () => void): NodeJS.Timeout {
  const milliseconds = Number((until - nowNanoseconds()) / 1_000_000n);
  // setTimeout takes 32 bits; a stream that should end in a month may end a little late.
  return setTimeout(end, Math.min(Math.max(milliseconds, 0), 2 ** 31 - 1));
}
