import type { StartRecord } from '../../../contract/troubleshoot.ts';
import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { formatTook } from '../../format/age.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { formatMoment } from '../../i18n/intl.ts';
import { useTroubleshoot } from '../../stores/troubleshoot.ts';

const shapes: Record<StartRecord['outcome'], GlyphShape> = { starting: 'working', running: 'healthy', failed: 'failed', cancelled: 'exited', ended: 'unhealthy' };

/** Starts that were kept, newest first: how each went, and for one that went wrong why, what to do, and what the console said. */
export function Starts() {
  const starts = useTroubleshoot((state) => state.starts);
  return (
    <section aria-label={t('troubleshoot:starts.title')}>
      <h2>{t('troubleshoot:starts.title')}</h2>
      {starts === undefined || starts.length === 0 ? (
        <p>{t('troubleshoot:starts.none')}</p>
      ) : (
        <ul className="findings">
          {starts.map((start) => (
            <Row key={start.startedAt} start={start} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ start: { startedAt, outcome, phases, failure, lastLines } }: { start: StartRecord }) {
  const took = Math.max(0, ...phases.map(({ startedMs = 0, tookMs = 0 }) => startedMs + tookMs));
  return (
    <li className="finding">
      <StateGlyph shape={shapes[outcome]} />
      <div className="selectable isolated">
        <span>{t('troubleshoot:starts.summary', { time: formatMoment(new Date(startedAt)), outcome: t(`troubleshoot:starts.outcomes.${outcome}`), took: formatTook(took) })}</span>
        {failure !== undefined && <p>{sentences(failure.message, failure.steps[0]?.text)}</p>}
        {lastLines.length > 0 && failure !== undefined && (
          <details>
            <summary>{t('troubleshoot:starts.console')}</summary>
            <pre className="starts__lines" tabIndex={0} aria-label={t('troubleshoot:starts.console')}>
              {lastLines.join('\n')}
            </pre>
          </details>
        )}
      </div>
    </li>
  );
}
