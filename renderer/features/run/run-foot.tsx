import { TriangleAlert } from 'lucide-react';
import type { IpcFailure } from '../../api.ts';
import { LinkButton } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { sentences } from '../../format/sentence.ts';
import type { Problem } from './draft/problems.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export type Progress = { step: 'idle' } | { step: 'pulling' } | { step: 'starting' } | { step: 'failed'; failure: IpcFailure };

/** Why it cannot run, what it does, or why it did not start: a disabled button always has its reason beside it. */
export function FootWords({ problems, progress, image, isAway }: { problems: readonly Problem[]; progress: Progress; image: string; isAway: boolean }) {
  const [first] = problems;
  if (progress.step === 'pulling' || progress.step === 'starting') {
    return (
      <div className="run-foot__words" role="status">
        <StateGlyph shape="working" />
        <span className="cut">{progress.step === 'pulling' ? t('run:foot.pulling', { image }) : t('run:foot.starting')}</span>
      </div>
    );
  }
  if (isAway) {
    return (
      <div className="run-foot__words" role="status">
        <TriangleAlert {...icon} />
        {t('run:foot.away')}
      </div>
    );
  }
  if (first !== undefined) {
    return (
      <div className="run-foot__words" role="status">
        <TriangleAlert {...icon} />
        <span>{t('run:foot.settle', { count: problems.length })}</span>
        <LinkButton onClick={() => document.querySelector<HTMLElement>(`[data-field="${first.field}"]`)?.focus()}>{t('run:foot.goTo', { group: t(`run:fields.${first.group}`) })}</LinkButton>
      </div>
    );
  }
  if (progress.step === 'failed') {
    return (
      <div className="run-foot__words run-foot__failure selectable isolated" role="alert">
        <span>
          <strong>{t('run:foot.failed')}</strong> {sentences(progress.failure.message, progress.failure.hint)}
        </span>
      </div>
    );
  }
  return <div className="run-foot__words">{image === '' ? t('run:foot.noImage') : ''}</div>;
}
