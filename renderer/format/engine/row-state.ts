import { t } from '../../i18n/i18n.ts';
import { conditionWord, type Condition, type ContainerView } from './container.ts';

/** The glyph's name in components/drawing/state-glyph; the two lists are checked against each other where they meet. */
export type StateShape = 'running' | 'healthy' | 'unhealthy' | 'restarting' | 'working' | 'paused' | 'exited' | 'failed' | 'created';

export interface ShownState {
  shape: StateShape;
  word: string;
  /** Stands out in a list of grey words. */
  strong: boolean;
}

const shapes: Record<Condition, StateShape> = {
  running: 'running',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  starting: 'working',
  restarting: 'restarting',
  paused: 'paused',
  exited: 'exited',
  failed: 'failed',
  created: 'created',
  removing: 'working',
  dead: 'failed',
};

export type PendingVerb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause' | 'kill' | 'remove';

/** What the row shows: the engine's state, or what was asked and is under way. */
export function shownState(view: Pick<ContainerView, 'condition' | 'exitCode'>, pendingVerb: PendingVerb | undefined): ShownState {
  if (pendingVerb !== undefined) return { shape: 'working', word: t(`common:doing.${pendingVerb}`), strong: false };
  const strong = view.condition === 'unhealthy' || view.condition === 'restarting' || view.condition === 'dead';
  return { shape: shapes[view.condition], word: conditionWord(view.condition, view.exitCode), strong };
}
