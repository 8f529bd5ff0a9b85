import { create } from 'zustand';
import type { ContainerSummary } from '../../../contract/engine-api/container.ts';
import { asFailure, request, type IpcFailure } from '../../api.ts';
import { viewOf, type ContainerView } from '../../format/engine/container.ts';
import { docker } from '../../format/engine/docker-command.ts';
import { t, whenSpeaking } from '../../i18n/i18n.ts';
import { useClock } from '../window/clock.ts';
import { coalesce } from '../coalesce.ts';
import { withCommand } from '../window/commands.ts';

export type Verb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause' | 'kill' | 'remove';

export interface ContainersState {
  status: 'unread' | 'ready';
  /** A mirror of the engine's list, in its order. */
  containers: ContainerView[];
  /** Milliseconds since the epoch of the last whole reading. */
  readAt: number | undefined;
  /** Why the last reading failed; what was read before stays. */
  failure: IpcFailure | undefined;
  /** What was asked of a container and has not been answered. */
  pending: Record<string, Verb>;
  /** What the last action on a container failed with, until the next one. */
  failures: Record<string, { verb: Verb; failure: IpcFailure }>;
}

export const useContainers = create<ContainersState>(() => ({
  status: 'unread',
  containers: [],
  readAt: undefined,
  failure: undefined,
  pending: {},
  failures: {},
}));

const pauseBetweenReadings = 100;
let firstReading = true;

/** Reads the whole list again; a burst of calls costs few readings. */
export const refreshContainers = coalesce(async () => {
  try {
    const list = await readList();
    const now = Date.now();
    const { containers: before, failures } = useContainers.getState();
    // Ages are told against the clock; a tick from before this reading would make them a second too young.
    useClock.setState({ now });
    const known = new Set(list.map(({ Id }) => Id));
    useContainers.setState({
      status: 'ready',
      containers: mirror(list, before, now),
      readAt: now,
      failure: undefined,
      failures: Object.fromEntries(Object.entries(failures).filter(([id]) => known.has(id))),
    });
  } catch (error) {
    useContainers.setState({ failure: asFailure(error) });
  }
}, pauseBetweenReadings);

/** The first reading of a window is its first command; later ones follow events and would only push real actions out of the strip. */
async function readList(): Promise<ContainerSummary[]> {
  if (!firstReading) return request('containers/list');
  firstReading = false;
  const read = async (): Promise<ContainerSummary[]> => {
    const list = await request('containers/list');
    await whenSpeaking();
    return list;
  };
  return withCommand(docker.ps(), read, (list) => t('actions:containers', { count: list.length }), 'GET /containers/json?all=true');
}

/** Rows that did not change stay the same objects, so that only changed rows are drawn again. */
function mirror(list: readonly ContainerSummary[], before: readonly ContainerView[], now: number): ContainerView[] {
  const known = new Map(before.map((view) => [view.id, view]));
  return list.map((summary) => {
    const old = known.get(summary.Id);
    return old !== undefined && isSame(old.summary, summary) ? old : viewOf(summary, now, old);
  });
}

/** Small records of plain JSON: comparing their text is exact, and cheaper than drawing a row. */
function isSame(a: ContainerSummary, b: ContainerSummary): boolean {
  return a.State === b.State && a.Status === b.Status && JSON.stringify(a) === JSON.stringify(b);
}

/** By full ID, by its beginning (as addresses hold it) or by name. */
export function findContainer(containers: readonly ContainerView[], key: string): ContainerView | undefined {
  return containers.find(({ id }) => id === key) ?? containers.find(({ id, name }) => name === key || (key.length >= 6 && id.startsWith(key)));
}

/** Public TCP and UDP ports that running containers hold, with the holder. */
export function portHolders(containers: readonly ContainerView[]): Map<number, ContainerView> {
  const holders = new Map<number, ContainerView>();
  for (const container of containers) {
    for (const port of container.ports) {
      if (port.publicPort !== undefined) holders.set(port.publicPort, container);
    }
  }
  return holders;
}
