import { create } from 'zustand';
import { isUp, type ContainerView } from '../format/engine/container.ts';
import { useActivity } from './activity.ts';
import { useContainers } from './containers/containers.ts';
import { useNavigation } from './window/navigation.ts';

/** In the order in which a newcomer meets them. */
export const firstSteps = ['run', 'publish', 'logs', 'volume', 'talk', 'remove'] as const;
export type FirstStep = (typeof firstSteps)[number];

export interface FirstStepsState {
  done: Partial<Record<FirstStep, true>>;
  isHidden: boolean;
}

const storageKey = 'slipway.firstSteps';

export const useFirstSteps = create<FirstStepsState>(() => stored());

function stored(): FirstStepsState {
  try {
    const { done, isHidden } = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<FirstStepsState>;
    return { done: Object.fromEntries(firstSteps.filter((step) => done?.[step] === true).map((step) => [step, true])), isHidden: isHidden === true };
  } catch {
    return { done: {}, isHidden: false };
  }
}

function change(fields: Partial<FirstStepsState>): void {
  useFirstSteps.setState(fields);
  try {
    localStorage.setItem(storageKey, JSON.stringify(useFirstSteps.getState()));
  } catch {
    // Without storage they begin anew with the next window.
  }
}

export const hideFirstSteps = (isHidden: boolean): void => change({ isHidden });

/** Who has done fewer than half of them and did not hide them. */
export function isNewcomer(): boolean {
  const { done, isHidden } = useFirstSteps.getState();
  return !isHidden && Object.keys(done).length < firstSteps.length / 2;
}

/** What the engine shows to be done, whoever did it and however. */
export function stepsSeen(containers: readonly ContainerView[]): FirstStep[] {
  const up = containers.filter(({ condition }) => isUp(condition));
  const seen: FirstStep[] = [];
  if (containers.some(({ condition }) => condition !== 'created')) seen.push('run');
  if (up.some(({ ports }) => ports.some(({ publicPort }) => publicPort !== undefined))) seen.push('publish');
  if (containers.some(({ summary }) => summary.Mounts.some((mount) => mount.Type === 'volume'))) seen.push('volume');
  const members = new Map<string, number>();
  for (const { summary } of up) {
    for (const network of Object.keys(summary.NetworkSettings?.Networks ?? {})) members.set(network, (members.get(network) ?? 0) + 1);
  }
  // On the default bridge they do not find each other by name.
  if ([...members].some(([network, count]) => count > 1 && !['bridge', 'host', 'none'].includes(network))) seen.push('talk');
  return seen;
}

/** Checks each step against the engine from now on; what was done once stays done. */
export function startFirstSteps(): void {
  const add = (steps: readonly FirstStep[]): void => {
    const { done } = useFirstSteps.getState();
    if (steps.every((step) => done[step] === true)) return;
    change({ done: { ...done, ...Object.fromEntries(steps.map((step) => [step, true] as const)) } });
  };
  useContainers.subscribe(({ containers }, before) => {
    if (containers !== before.containers) add(stepsSeen(containers));
  });
  useActivity.subscribe(({ known }) => {
    if (known.some(({ action }) => action === 'container.destroy')) add(['remove']);
  });
  useNavigation.subscribe(({ route }) => {
    if ((route.page === 'container' && route.tab === 'logs') || (route.page === 'logs' && route.id !== undefined)) add(['logs']);
  });
}
