import { Button } from '../../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../../components/overlay/dialog.tsx';
import { commandText } from '../../../format/engine/docker-command.ts';
import { holdersOf, type NetworkView } from '../../../format/engine/network.ts';
import { t } from '../../../i18n/i18n.ts';
import { formatList } from '../../../i18n/intl.ts';
import { removeNetwork } from '../../../stores/networks.ts';

export function RemoveNetworkDialog({ view, onClose, onRemoved }: { view: NetworkView; onClose(): void; onRemoved(): void }) {
  const holders = holdersOf(view).map(({ name }) => name);
  const stopped = view.attached.map(({ container }) => container.name).filter((name) => !holders.includes(name));
  function remove(): void {
    if (holders.length > 0) return;
    onClose();
    void removeNetwork(view).then((isGone) => isGone && onRemoved());
  }
  return (
    <Dialog title={t('networks:removeDialog.title', { name: view.name })} onClose={onClose} onConfirm={remove}>
      <DialogBody>
        <span className="isolated">
          {holders.length > 0
            ? t('networks:removeDialog.held', { count: holders.length, names: formatList(holders) })
            : stopped.length > 0
              ? t('networks:removeDialog.stopped', { count: stopped.length, names: formatList(stopped) })
              : t('networks:removeDialog.free')}
        </span>
      </DialogBody>
      <DialogCommand>{commandText(['docker', 'network', 'rm', view.name])}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('common:keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={holders.length > 0} onClick={remove}>
          {t('networks:removeDialog.confirm', { name: view.name })}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
