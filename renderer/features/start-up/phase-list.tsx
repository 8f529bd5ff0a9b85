import type { ReactNode } from 'react';
import type { VmPhase, VmPhaseId } from '../../../contract/vm-state.ts';
import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { formatMilliseconds } from '../../format/age.ts';
import { axisOf, timingOf, totalOf } from './timing.ts';
import { t } from '../../i18n/i18n.ts';
import { saidByMain } from '../../i18n/said-by-main.ts';

const shapes: Record<VmPhase['status'], GlyphShape> = { waiting: 'created', running: 'working', done: 'healthy', failed: 'failed' };

export interface PhaseListProps {
  phases: readonly VmPhase[];
  sinceStartMs: number;
  /** Where it stopped; undefined while it has not, or when no phase is to blame. */
  failed: VmPhaseId | undefined;
  /** What is said at the failed phase, or below all. */
  panel: ReactNode;
}

/** The phases in their order, each with its stretch of one shared time axis, so that the slow one shows. */
export function PhaseList({ phases: told, sinceStartMs, failed, panel }: PhaseListProps) {
  // What ended after it had run has no failed phase of its own; the failure names the one that it belongs to.
  const phases = told.map((phase) => (phase.id === failed ? { ...phase, status: 'failed' as const } : phase));
  const axis = axisOf(totalOf(phases, sinceStartMs));
  return (
    <ol className="phases" aria-label={t('start-up:phasesLabel')}>
      {phases.map((phase) => {
        const { startedMs, tookMs } = timingOf(phase, sinceStartMs);
        const name = t(`start-up:phases.${phase.id}.name`);
        return (
          <li key={phase.id} className={`phase phase--${phase.status}`} aria-label={`${name}: ${t(`start-up:phaseStatus.${phase.status}`)}`}>
            <div className="phase__line">
              <StateGlyph shape={shapes[phase.status]} />
              <span className="phase__name">{name}</span>
              <span className="phase__detail cut" data-tip={saidOf(phase)} data-tip-cut="">
                {detailOf(phase, failed)}
              </span>
              <div className="phase__axis">
                {startedMs !== undefined && tookMs !== undefined && (
                  <div className="phase__span" style={{ left: `${(startedMs / axis) * 100}%`, width: `${(tookMs / axis) * 100}%` }} />
                )}
              </div>
              <span className="phase__time">{tookMs === undefined ? '–' : formatMilliseconds(tookMs)}</span>
            </div>
            {phase.id === failed && panel}
          </li>
        );
      })}
      {failed === undefined && panel !== undefined && <li className="phases__after">{panel}</li>}
    </ol>
  );
}

const saidOf = ({ detail }: VmPhase): string | undefined => (detail === undefined ? undefined : saidByMain(detail));

function detailOf(phase: VmPhase, failed: VmPhaseId | undefined): string {
  switch (phase.status) {
    case 'waiting':
      return failed === undefined ? t(`start-up:phases.${phase.id}.waiting`) : t(`start-up:waitsFor.${failed}`);
    case 'running':
      return saidOf(phase) ?? t(`start-up:phases.${phase.id}.doing`);
    case 'done':
      return saidOf(phase) ?? t(`start-up:phases.${phase.id}.done`);
    case 'failed':
      return saidOf(phase) ?? t('start-up:stoppedPhase');
  }
}
