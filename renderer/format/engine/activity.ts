import type { EventMessage } from '../../../contract/engine-api/event.ts';
import { plainName } from '../sentence.ts';

/** What a person would tell of the last hours; the rest of the engine's events is how it was done. */
export const toldActions = [
  'container.create', 'container.start', 'container.stop', 'container.restart', 'container.die', 'container.oom', 'container.pause', 'container.unpause', 'container.destroy', 'container.rename',
  'container.unhealthy', 'container.healthy',
  'image.pull', 'image.load', 'image.import', 'image.push', 'image.delete', 'image.tag',
  'volume.create', 'volume.destroy',
  'network.create', 'network.destroy',
] as const;
export type ToldAction = (typeof toldActions)[number];

export interface Happening {
  /** The event's own nanoseconds with what it is about: the same event read twice is one. */
  key: string;
  action: ToldAction;
  /** Of the container, image, volume or network, fit to be shown. */
  name: string;
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Of `container.die`. */
  exitCode: number | undefined;
}

/** @returns undefined for what is not told. */
export function happeningOf({ Type, Action, Actor, time, timeNano }: EventMessage): Happening | undefined {
  const health = /^health_status: (healthy|unhealthy)$/.exec(Action)?.[1];
  const name = `${Type}.${health ?? Action}`;
  const action = toldActions.find((one) => one === name);
  if (action === undefined) return undefined;
  const { ID, Attributes } = Actor;
  const called = Type === 'container' || Type === 'network' ? Attributes['name'] : Type === 'image' ? (ID.startsWith('sha256:') ? (Attributes['name'] ?? ID.slice(7, 19)) : ID) : ID;
  const exitCode = action === 'container.die' ? Number(Attributes['exitCode'] ?? 0) : undefined;
  return { key: `${timeNano} ${name} ${ID}`, action, name: plainName(called ?? ID.slice(0, 12)), id: ID, at: time * 1000 + Math.floor((timeNano / 1e6) % 1000), exitCode };
}

/** What one command did, in events that come within a moment of each other. */
const moment = 3000;
/** An action that says the same as a later one of the same thing: `docker restart` is die, stop, start and restart. */
const saidBy: Partial<Record<ToldAction, readonly ToldAction[]>> = {
  'container.die': ['container.stop', 'container.restart', 'container.destroy', 'container.oom'],
  'container.stop': ['container.restart'],
  'container.start': ['container.restart'],
  'container.create': ['container.start'],
};
/** `docker restart` is told after the start that it brought about; how long stopping took lies before it. */
const restartWithin = 15_000;

/**
 * Newest first, each thing once: what a later event says as well is left out.
 * @param known in any order; the same event may be there twice.
 */
export function tellHappenings(known: readonly Happening[], atMost: number): Happening[] {
  const ordered = [...new Map(known.map((one) => [one.key, one])).values()].sort((a, b) => b.at - a.at);
  const told: Happening[] = [];
  for (const one of ordered) {
    const isSaid = told.some(
      (later) => later.id === one.id && saidBy[one.action]?.includes(later.action) === true && later.at - one.at <= (later.action === 'container.restart' ? restartWithin : moment),
    );
    if (isSaid) continue;
    told.push(one);
    if (told.length === atMost) break;
  }
  return told;
}
