import { TriangleAlert } from 'lucide-react';
import type { IpcFailure } from '../../api.ts';
import { LinkButton } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { sentences } from '../../format/sentence.ts';
import type { Problem } from './draft/problems.ts';
import { text } from './text.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export type Progress = { step: 'idle' } | { step: 'pulling' } | { step: 'starting' } | { step: 'failed'; failure: IpcFailure };

/** Why it cannot run, what it does, or why it did not start: a disabled button always has its reason beside it. */
export function FootWords({ problems, progress, image, isAway }: { problems: readonly Problem[]; progress: Progress; image: string; isAway: boolean }) {
  const [first] = problems;
  if (progress.step === 'pulling' || progress.step === 'starting') {
    return (
      <div className="run-foot__words" role="status">
        <StateGlyph shape="working" />
        <span className="cut">{progress.step === 'pulling' ? text.foot.pulling(image) : text.foot.starting}</span>
      </div>
    );
  }
  if (isAway) {
    return (
      <div className="run-foot__words" role="status">
        <TriangleAlert {...icon} />
        {text.foot.away}
      </div>
    );
  }
  if (first !== undefined) {
    return (
      <div className="run-foot__words" role="status">
        <TriangleAlert {...icon} />
        <span>{text.foot.settle(problems.length)}</span>
        <LinkButton onClick={() => document.querySelector<HTMLElement>(`[data-field="${first.field}"]`)?.focus()}>{text.foot.goTo(first.group)}</LinkButton>
      </div>
    );
  }
  if (progress.step === 'failed') {
    return (
      <div className="run-foot__words run-foot__failure selectable isolated" role="alert">
        <span>
          <strong>{text.foot.failed}</strong> {sentences(progress.failure.message, progress.failure.hint)}
        </span>
      </div>
    );
  }
  return <div className="run-foot__words">{image === '' ? text.foot.noImage : ''}</div>;
}
