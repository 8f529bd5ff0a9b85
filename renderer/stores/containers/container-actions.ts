import { asFailure, request, type IpcFailure } from '../../api.ts';
import { isRunning, isUp, type ContainerView } from '../../format/engine/container.ts';
import { docker, type DockerCommand } from '../../format/engine/docker-command.ts';
import { t } from '../../i18n/i18n.ts';
import { sentences } from '../../format/sentence.ts';
import { beginCommand } from '../window/commands.ts';
import { actOnEngine } from '../window/engine-action.ts';
import { refreshContainers, useContainers, type Verb } from './containers.ts';
import { formatRoute, useNavigation } from '../window/navigation.ts';
import { showToast } from '../window/toasts.ts';

const abreast = 8;

export function commandOf(verb: Verb, names: readonly string[], force = false): DockerCommand {
  return verb === 'remove' ? docker.remove(names, force) : docker[verb](names);
}

/** Several are told at once, in the way of a shell: `POST /containers/{api,web}/stop`. */
export function apiOf(verb: Verb, names: readonly string[], force = false): string {
  const path = `/containers/${names.length === 1 ? names.join('') : `{${names.join(',')}}`}`;
  return verb === 'remove' ? `DELETE ${path}${force ? '?force=true' : ''}` : `POST ${path}/${verb}`;
}

export interface ActOptions {
  /** With `remove`: also running ones. */
  force?: boolean;
  /** It takes back something itself, which is not offered to be taken back again. */
  isUndo?: boolean;
}

/** What takes a verb back. The others cannot be: a removed container is gone, a restarted program began anew. */
const inverses: Partial<Record<Verb, Verb>> = { start: 'stop', stop: 'start', pause: 'unpause', unpause: 'pause' };

/** What an undo would do, where it is honest: each was as the inverse makes it again, and is still there (one with `--rm` is not). */
export function undoOf(verb: Verb, done: readonly ContainerView[], now: readonly ContainerView[]): { verb: Verb; ids: string[] } | undefined {
  const inverse = inverses[verb];
  if (inverse === undefined || done.length < 2) return undefined;
  if (verb === 'stop' && !done.every(({ condition }) => isRunning(condition))) return undefined;
  if (verb === 'start' && !done.every(({ condition }) => !isUp(condition))) return undefined;
  const present = new Set(now.map(({ id }) => id));
  const ids = done.map(({ id }) => id);
  return ids.every((id) => present.has(id)) ? { verb: inverse, ids } : undefined;
}

/**
 * Does one thing to several containers. Rows are marked until the engine has answered and the list was read again;
 * failures stay at their rows. Says it in a toast only when the person looks at something else by then.
 * @returns whether all of them went well.
 */
export async function act(verb: Verb, ids: readonly string[], { force = false, isUndo = false }: ActOptions = {}): Promise<boolean> {
  const { containers, pending } = useContainers.getState();
  const chosen = containers.filter(({ id }) => ids.includes(id) && pending[id] === undefined);
  if (chosen.length === 0) return false;
  const page = formatRoute(useNavigation.getState().route);
  mark(chosen.map(({ id }) => id), verb);
  const names = chosen.map(({ name }) => name);
  const command = beginCommand(commandOf(verb, names, force), apiOf(verb, names, force));

  const failures = new Map<string, IpcFailure>();
  const queue = [...chosen];
  const workers = Array.from({ length: abreast }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        await requestOf(verb, next.id, force);
      } catch (error) {
        failures.set(next.id, asFailure(error));
      }
    }
  });
  await Promise.all(workers);

  const [first] = failures.values();
  if (first === undefined) command.done();
  else command.failed(first);
  await refreshContainers();
  unmark(chosen.map(({ id }) => id), verb, failures);

  const undo = isUndo ? undefined : undoOf(verb, chosen.filter(({ id }) => !failures.has(id)), useContainers.getState().containers);
  if (undo !== undefined) {
    const [{ name = '' } = {}] = chosen;
    showToast({ kind: 'good', title: t(`actions:did.${verb}`, { count: undo.ids.length, name }), step: { label: t('actions:undo'), isUndo: true, take: () => void act(undo.verb, undo.ids, { isUndo: true }) } });
  }
  const isSaid = undo !== undefined && first === undefined;
  if (!isSaid && (formatRoute(useNavigation.getState().route) !== page || first !== undefined)) {
    announce(verb, chosen.map(({ id, name }) => ({ name, failure: failures.get(id) })), page);
  }
  return first === undefined;
}

function requestOf(verb: Verb, id: string, force: boolean): Promise<undefined> {
  switch (verb) {
    case 'remove':
      return request('containers/remove', { id, force });
    case 'kill':
      return request('containers/kill', { id });
    default:
      return request(`containers/${verb}`, { id });
  }
}

function mark(ids: readonly string[], verb: Verb): void {
  useContainers.setState(({ pending, failures }) => ({
    pending: { ...pending, ...Object.fromEntries(ids.map((id) => [id, verb])) },
    failures: Object.fromEntries(Object.entries(failures).filter(([id]) => !ids.includes(id))),
  }));
}

function unmark(ids: readonly string[], verb: Verb, failed: ReadonlyMap<string, IpcFailure>): void {
  useContainers.setState(({ pending, failures }) => ({
    pending: Object.fromEntries(Object.entries(pending).filter(([id]) => !ids.includes(id))),
    failures: { ...failures, ...Object.fromEntries([...failed].map(([id, failure]) => [id, { verb, failure }])) },
  }));
}

function announce(verb: Verb, results: { name: string; failure: IpcFailure | undefined }[], startedOn: string): void {
  const failed = results.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  if (first?.failure !== undefined) {
    // On the list itself the row tells it, with the steps; a toast would say it twice.
    if (startedOn === '#/containers' && formatRoute(useNavigation.getState().route) === startedOn) return;
    const name = failed.length === 1 ? first.name : t('actions:someOf', { failed: failed.length, all: results.length });
    showToast({ kind: 'trouble', title: t(`actions:couldNot.${verb}`, { name }), detail: sentences(first.failure.message, first.failure.hint) });
    return;
  }
  showToast({ kind: 'good', title: t(`actions:did.${verb}`, { count: results.length, name: results[0]?.name ?? '' }) });
}

/** Gives it another name; trouble is told in a toast. */
export async function renameContainer({ id, name }: { id: string; name: string }, to: string): Promise<void> {
  try {
    await actOnEngine({ command: ['docker', 'rename', name, to], operation: 'containers.rename', params: { id, name: to } });
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('actions:couldNotRename', { name }), detail: sentences(failure.message, failure.hint) });
  }
  await refreshContainers();
}

export function dismissFailure(id: string): void {
  useContainers.setState(({ failures }) => ({ failures: Object.fromEntries(Object.entries(failures).filter(([key]) => key !== id)) }));
}
