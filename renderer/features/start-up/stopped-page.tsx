import { Play } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { Ramp } from '../../components/drawing/ramp.tsx';
import { sentences } from '../../format/sentence.ts';
import { startVm, useVm } from '../../stores/vm.ts';
import { StartUpFoot } from './start-up-foot.tsx';
import { t } from '../../i18n/i18n.ts';
import './start-up.css';

export function StoppedPage() {
  const failure = useVm((state) => state.failure);
  return (
    <main className="start-up">
      <div className="start-up__middle">
        <Ramp width={720} hull="empty" />
        <h1>{t('start-up:stopped.title')}</h1>
        <p className="start-up__lead">{t('start-up:stopped.body')}</p>
        {failure !== undefined && (
          <p className="start-up__lead selectable isolated" role="alert">
            {sentences(failure.message, failure.hint)}
          </p>
        )}
        <div className="stopped__action">
          <Button kind="primary" keys="enter" icon={<Play size={14} strokeWidth={1.75} aria-hidden="true" />} autoFocus onClick={() => void startVm()}>
            {t('start-up:stopped.start')}
          </Button>
        </div>
      </div>
      <StartUpFoot />
    </main>
  );
}

/** The moment before anything is known; visible only when it lasts. */
export function ConnectingPage() {
  return (
    <main className="start-up">
      <div className="start-up__middle skeleton" role="status">
        <p className="start-up__lead">{t('start-up:connecting')}</p>
      </div>
    </main>
  );
}
