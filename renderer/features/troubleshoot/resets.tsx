import { Button } from '../../components/controls/button.tsx';
import { isUp } from '../../format/engine/container.ts';
import { t } from '../../i18n/i18n.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { takeStep, useVm } from '../../stores/vm.ts';
import { openDialog } from '../../stores/window/dialogs.ts';

/** Ways to begin anew, the mildest first, each with what it takes away and what it leaves. */
export function Resets() {
  const vm = useVm((state) => state.vm);
  const running = useContainers((state) => state.containers.filter(({ condition }) => isUp(condition)).length);
  if (vm?.status === 'running' && vm.accelerator === 'external') {
    return (
      <section aria-label={t('troubleshoot:resets.title')}>
        <h2>{t('troubleshoot:resets.title')}</h2>
        <p>{t('troubleshoot:resets.external')}</p>
      </section>
    );
  }
  // Building anew would stop what runs, without asking.
  const isAtRest = vm?.status === 'stopped' || vm?.status === 'failed';
  return (
    <section aria-label={t('troubleshoot:resets.title')}>
      <h2>{t('troubleshoot:resets.title')}</h2>
      <ul className="resets">
        <li>
          <div>
            <strong>{t('troubleshoot:resets.stop.name')}</strong>
            <p>{t('troubleshoot:resets.stop.body', { count: running })}</p>
          </div>
          <Button disabled={vm?.status !== 'running'} onClick={() => openDialog({ kind: 'stop-engine' })}>
            {t('troubleshoot:resets.stop.action')}
          </Button>
        </li>
        <li>
          <div>
            <strong>{t('troubleshoot:resets.image.name')}</strong>
            <p>{isAtRest ? t('troubleshoot:resets.image.body') : t('troubleshoot:resets.atRest')}</p>
          </div>
          <Button disabled={!isAtRest} onClick={() => void takeStep('rebuild-image')}>
            {t('troubleshoot:resets.image.action')}
          </Button>
        </li>
        <li>
          <div>
            <strong>{t('troubleshoot:resets.disk.name')}</strong>
            <p>{t('troubleshoot:resets.disk.body')}</p>
          </div>
          <Button kind="danger-text" onClick={() => openDialog({ kind: 'reset-data-disk' })}>
            {t('troubleshoot:resets.disk.action')}
          </Button>
        </li>
      </ul>
    </section>
  );
}
