import { create } from 'zustand';
import type { EventMessage } from '../../contract/engine-api/event.ts';
import { openStream } from '../api.ts';
import { happeningOf, type Happening } from '../format/engine/activity.ts';

export interface ActivityState {
  status: 'unread' | 'ready';
  /** In no order, each event once or twice; `tellHappenings` makes a story of it. */
  known: readonly Happening[];
}

export const useActivity = create<ActivityState>(() => ({ status: 'unread', known: [] }));

const keptAtMost = 300;
const lookBackSeconds = 24 * 3600;
const gathered: Happening[] = [];
let isPending = false;

/** Many events of one moment are one change of the store. */
function add(happening: Happening): void {
  gathered.push(happening);
  if (isPending) return;
  isPending = true;
  setTimeout(() => {
    isPending = false;
    const fresh = gathered.splice(0);
    useActivity.setState(({ known }) => ({ known: [...known, ...fresh].slice(-keptAtMost) }));
  }, 200);
}

export function hearActivity(event: EventMessage): void {
  const happening = happeningOf(event);
  if (happening !== undefined) add(happening);
}

/** Reads the last day out of the engine's own memory of its events; another engine's may be shorter. */
export function readActivity(): void {
  const now = Date.now() / 1000;
  const read: Happening[] = [];
  openStream(
    'engine/lines',
    { operation: 'system.events', params: { since: String(Math.floor(now - lookBackSeconds)), until: now.toFixed(3), filters: { type: ['container', 'image', 'volume', 'network'] } } },
    {
      onData(line) {
        const happening = happeningOf(line as EventMessage);
        if (happening !== undefined) read.push(happening);
      },
      onEnd: () => useActivity.setState(({ known }) => ({ status: 'ready', known: [...read, ...known].slice(-keptAtMost) })),
    },
  );
}
