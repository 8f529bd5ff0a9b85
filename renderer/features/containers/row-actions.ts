import { isRunning, isUp, type ContainerView } from '../../format/engine/container.ts';
import { act } from '../../stores/containers/container-actions.ts';
import type { Verb } from '../../stores/containers/containers.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { go } from '../../stores/window/navigation.ts';
import { openUrl } from '../../stores/window/open-url.ts';

/** What the key or button means for the containers chosen: those it does not fit are left alone. */
export function startOrStop(views: readonly ContainerView[]): Promise<boolean> {
  const up = views.filter(({ condition }) => isUp(condition));
  return up.length > 0 ? act('stop', idsOf(up)) : act('start', idsOf(views));
}

export function pauseOrResume(views: readonly ContainerView[]): Promise<boolean> {
  const running = views.filter(({ condition }) => isRunning(condition));
  if (running.length > 0) return act('pause', idsOf(running));
  return act('unpause', idsOf(views.filter(({ condition }) => condition === 'paused')));
}

export function restart(views: readonly ContainerView[]): Promise<boolean> {
  return act('restart', idsOf(views));
}

export function askToRemove(views: readonly ContainerView[]): void {
  if (views.length > 0) openDialog({ kind: 'remove-containers', ids: idsOf(views) });
}

export const openDetails = (view: ContainerView): void => go({ page: 'container', id: view.id, tab: 'overview' });
/** Of one on its page, of several merged by time. */
export function openLogs(views: readonly ContainerView[]): void {
  const [first] = views;
  if (first === undefined) return;
  if (views.length === 1) go({ page: 'container', id: first.id, tab: 'logs' });
  else go({ page: 'logs', id: views.map(({ name }) => name).join(',') });
}
export const openTerminal = (view: ContainerView): void => go({ page: 'container', id: view.id, tab: 'terminal' });

export function openFirstPort(view: ContainerView): void {
  const url = view.ports.find((port) => port.url !== undefined)?.url;
  if (url !== undefined) openUrl(url);
}

/** The verbs that make sense for at least one of them. */
export function verbsFor(views: readonly ContainerView[]): { primary: Verb; canPause: boolean; canResume: boolean } {
  const isAnyUp = views.some(({ condition }) => isUp(condition));
  const canPause = views.some(({ condition }) => isRunning(condition));
  return { primary: isAnyUp ? 'stop' : 'start', canPause, canResume: !canPause && views.some(({ condition }) => condition === 'paused') };
}

const idsOf = (views: readonly ContainerView[]): string[] => views.map(({ id }) => id);
