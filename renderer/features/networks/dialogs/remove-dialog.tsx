import { Button } from '../../../components/controls/button.tsx';
import { ConfirmDialog, Dialog, DialogBody, DialogCommand, DialogFoot } from '../../../components/overlay/dialog.tsx';
import { commandText } from '../../../format/engine/docker-command.ts';
import { holdersOf, type NetworkView } from '../../../format/engine/network.ts';
import { t } from '../../../i18n/i18n.ts';
import { formatList } from '../../../i18n/intl.ts';
import { removeNetwork, removeNetworks } from '../../../stores/networks.ts';

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

/** Several at once: those that running containers hold stay, and are named. */
export function RemoveNetworksDialog({ views, onClose, onRemoved }: { views: readonly NetworkView[]; onClose(): void; onRemoved(): void }) {
  const held = views.filter((view) => holdersOf(view).length > 0);
  const going = views.filter((view) => !held.includes(view));
  const stopped = [...new Set(going.flatMap(({ attached }) => attached.map(({ container }) => container.name)))];
  const names = (list: readonly NetworkView[]): string => formatList(list.map(({ name }) => name));
  return (
    <ConfirmDialog
      title={t('networks:removeSeveral.title', { count: views.length })}
      keep={t('common:keep')}
      confirm={t('networks:removeSeveral.confirm', { count: going.length })}
      command={going.length === 0 ? undefined : commandText(['docker', 'network', 'rm', ...going.map(({ name }) => name)])}
      isDisabled={going.length === 0}
      onClose={onClose}
      onConfirm={() => void removeNetworks(going).then(onRemoved)}
    >
      {going.length > 0 && <p className="isolated">{t('networks:removeSeveral.goes', { names: names(going) })}</p>}
      {stopped.length > 0 && <p className="isolated">{t('networks:removeSeveral.stopped', { count: stopped.length, names: formatList(stopped) })}</p>}
      {held.length > 0 && <p className="isolated">{t('networks:removeSeveral.held', { count: held.length, names: names(held) })}</p>}
    </ConfirmDialog>
  );
}
