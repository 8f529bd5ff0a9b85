import type { VmPhase } from '../../../contract/vm-state.ts';
import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { formatMilliseconds } from '../../format/age.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { saidByMain } from '../../i18n/said-by-main.ts';
import { useVm } from '../../stores/vm.ts';

const shapes: Record<VmPhase['status'], GlyphShape> = { waiting: 'created', running: 'working', done: 'healthy', failed: 'failed' };

/** The last start, phase by phase, each against the slowest. */
export function Phases() {
  const vm = useVm((state) => state.vm);
  const phases = vm !== undefined && 'phases' in vm ? vm.phases : [];
  const slowest = Math.max(1, ...phases.map(({ tookMs }) => tookMs ?? 0));
  return (
    <section aria-label={t('troubleshoot:start.title')}>
      <h2>{t('troubleshoot:start.title')}</h2>
      {phases.length === 0 ? (
        <p>{t('troubleshoot:start.none')}</p>
      ) : (
        <ol className="starts">
          {phases.map(({ id, status, tookMs, detail }) => (
            <li key={id}>
              <StateGlyph shape={shapes[status]} />
              <span>{t(`start-up:phases.${id}.name`)}</span>
              <small className="isolated selectable">{detail === undefined ? t(`start-up:phaseStatus.${status}`) : saidByMain(detail)}</small>
              <span className="starts__axis" aria-hidden="true">
                {tookMs !== undefined && <i style={{ width: `${(tookMs / slowest) * 100}%` }} />}
              </span>
              <span className="numbers">{tookMs === undefined ? '–' : formatMilliseconds(tookMs)}</span>
            </li>
          ))}
        </ol>
      )}
      {vm?.status === 'failed' && (
        <>
          <p className="selectable isolated" role="alert">
            {sentences(vm.failure.message)}
          </p>
          {vm.failure.lastLines.length > 0 && (
            <pre className="starts__lines selectable isolated" tabIndex={0} aria-label={t('start-up:console.label')}>
              {vm.failure.lastLines.join('\n')}
            </pre>
          )}
        </>
      )}
    </section>
  );
}
