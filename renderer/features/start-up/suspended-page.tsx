import { Play } from 'lucide-react';
import type { VmState } from '../../../contract/vm-state.ts';
import { Button } from '../../components/controls/button.tsx';
import { Ramp } from '../../components/drawing/ramp.tsx';
import { sentences } from '../../format/sentence.ts';
import { startVm, useVm } from '../../stores/vm.ts';
import { StartUpFoot } from './start-up-foot.tsx';
import { t } from '../../i18n/i18n.ts';
import './start-up.css';

export function SuspendedPage({ vm }: { vm: Extract<VmState, { status: 'suspending' | 'suspended' }> }) {
  const failure = useVm((state) => state.failure);
  const isThere = vm.status === 'suspended';
  return (
    <main className="start-up">
      <div className="start-up__middle">
        <Ramp width={720} hull="empty" />
        <h1 role="status">{isThere ? t('start-up:suspended.title') : t('start-up:suspended.suspending')}</h1>
        <p className="start-up__lead">{isThere ? t('start-up:suspended.body', { count: vm.containers }) : t('start-up:suspended.writing')}</p>
        {failure !== undefined && (
          <p className="start-up__lead selectable isolated" role="alert">
            {sentences(failure.message, failure.hint)}
          </p>
        )}
        {isThere && (
          <div className="stopped__action">
            <Button kind="primary" keys="enter" icon={<Play size={14} strokeWidth={1.75} aria-hidden="true" />} autoFocus onClick={() => void startVm()}>
              {t('start-up:suspended.resume')}
            </Button>
          </div>
        )}
      </div>
      <StartUpFoot />
    </main>
  );
}
