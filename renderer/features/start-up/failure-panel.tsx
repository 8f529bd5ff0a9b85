import { Check, Copy, RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { VmFailure, VmFailureStep } from '../../../contract/vm-state.ts';
import { Button } from '../../components/controls/button.tsx';
import { sentences } from '../../format/sentence.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { takeStep, useVm } from '../../stores/vm.ts';
import { saidByMain } from '../../i18n/said-by-main.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** What failed, on what, and numbered ways out, the likeliest first and focused. */
export function FailurePanel({ failure }: { failure: VmFailure }) {
  const orderFailure = useVm((state) => state.failure);
  // A way out that only names a command needs a last step that tries again.
  const steps: VmFailureStep[] = failure.steps.some(({ action }) => action !== undefined) ? failure.steps : [...failure.steps, { text: t('start-up:step.again'), action: 'retry' }];
  return (
    <div className="failure" role="alert">
      <p className="failure__what selectable isolated">{sentences(failure.message)}</p>
      {orderFailure !== undefined && <p className="selectable isolated">{sentences(orderFailure.message, orderFailure.hint)}</p>}
      <ol aria-label={t('start-up:steps')}>
        {steps.map((step, index) => (
          <li key={`${index} ${step.text}`}>
            <span className="failure__number numbers">{index + 1}</span>
            <span className="failure__step selectable isolated">
              {saidByMain(step.text)}
              {step.command !== undefined && <code>{step.command}</code>}
            </span>
            <StepButton step={step} isFirst={index === 0} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function StepButton({ step, isFirst }: { step: VmFailureStep; isFirst: boolean }) {
  const [isCopied, setCopied] = useState(false);
  const { action, command } = step;
  if (action !== undefined) {
    const take = (): void => (action === 'reset-data-disk' ? openDialog({ kind: 'reset-data-disk' }) : void takeStep(action));
    return (
      <Button
        kind={isFirst && action !== 'reset-data-disk' ? 'primary' : 'default'}
        icon={action === 'retry' ? <RotateCw {...icon} /> : undefined}
        keys={isFirst ? 'enter' : action === 'retry' ? 'R' : undefined}
        autoFocus={isFirst}
        onClick={take}
      >
        {t(`start-up:step.${action}`)}
      </Button>
    );
  }
  if (command === undefined) return null;
  return (
    <Button
      icon={isCopied ? <Check {...icon} /> : <Copy {...icon} />}
      autoFocus={isFirst}
      onClick={() => void navigator.clipboard.writeText(command).then(() => setCopied(true))}
    >
      {isCopied ? t('start-up:step.copied') : t('start-up:step.copy')}
    </Button>
  );
}
