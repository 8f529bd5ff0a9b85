import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { takeStep } from '../../stores/vm.ts';
import { t } from '../../i18n/i18n.ts';

export function ResetDiskDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={t('start-up:reset.title')} onClose={onClose}>
      <DialogBody>{t('start-up:reset.body')}</DialogBody>
      <DialogFoot>
        <Button keys="esc" onClick={onClose} data-first>
          {t('start-up:reset.keep')}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            onClose();
            void takeStep('reset-data-disk');
          }}
        >
          {t('start-up:reset.erase')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
