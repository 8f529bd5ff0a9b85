import { Button } from '../../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../../components/overlay/dialog.tsx';
import { prunable, type NetworkView } from '../../../format/engine/network.ts';
import { t } from '../../../i18n/i18n.ts';
import { formatList } from '../../../i18n/intl.ts';
import { pruneNetworks } from '../../../stores/networks.ts';

export function PruneNetworksDialog({ views, onClose }: { views: readonly NetworkView[]; onClose(): void }) {
  const names = prunable(views).map(({ name }) => name);
  function prune(): void {
    onClose();
    void pruneNetworks();
  }
  return (
    <Dialog title={t('networks:pruneDialog.title', { count: names.length })} onClose={onClose} onConfirm={prune}>
      <DialogBody>
        <span className="isolated">{t('networks:pruneDialog.goes', { count: names.length, names: formatList(names) })}</span>
      </DialogBody>
      <DialogCommand>docker network prune --force</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('common:keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={names.length === 0} onClick={prune}>
          {t('networks:pruneDialog.confirm', { count: names.length })}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
