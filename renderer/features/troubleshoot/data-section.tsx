import { Button } from '../../components/controls/button.tsx';
import { t } from '../../i18n/i18n.ts';
import { chooseForData } from '../../stores/data-transfer.ts';
import { useVm } from '../../stores/vm.ts';

/** To keep everything, or to take it to another computer. An engine without VM has no disk of Slipway's. */
export function DataSection() {
  const vm = useVm((state) => state.vm);
  if (vm?.status === 'running' && vm.accelerator === 'external') return null;
  return (
    <section aria-label={t('data:section')}>
      <h2>{t('data:section')}</h2>
      <ul className="resets">
        {(['export', 'import'] as const).map((kind) => (
          <li key={kind}>
            <div>
              <strong>{t(`data:${kind}.name`)}</strong>
              <p>{t(`data:${kind}.about`)}</p>
            </div>
            <Button onClick={() => void chooseForData(kind)}>{t(`data:${kind}.choose`)}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
