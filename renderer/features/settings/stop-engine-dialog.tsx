import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { isUp } from '../../format/engine/container.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { stopVm } from '../../stores/vm.ts';
import { t } from '../../i18n/i18n.ts';

export function StopEngineDialog({ onClose }: { onClose(): void }) {
  const running = useContainers((state) => state.containers.filter(({ condition }) => isUp(condition)).length);
  return (
    <Dialog title={t('settings:stopDialog.title')} onClose={onClose}>
      <DialogBody>{t('settings:stopDialog.body', { count: running })}</DialogBody>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('settings:stopDialog.keep')}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            onClose();
            void stopVm();
          }}
        >
          {t('settings:stopDialog.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
