import type { CleanUp, CleanUpName } from '../../../contract/engine-api/disk.ts';
import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { cleanUpCommands } from '../../format/engine/volume-commands.ts';
import { plainName } from '../../format/sentence.ts';
import { formatNumber } from '../../i18n/intl.ts';
import { t } from '../../i18n/i18n.ts';
import { cleanUp as doCleanUp } from '../../stores/disk.ts';

/** Everything that goes, one by one and to the byte. */
export function CleanUpDialog({ name, cleanUp: { Size, OtherSize, Items }, onClose }: { name: CleanUpName; cleanUp: CleanUp; onClose(): void }) {
  const confirm = (): void => {
    onClose();
    void doCleanUp(name);
  };
  return (
    <Dialog title={t(`disk:cleanUps.${name}.ask`, { count: Items.length })} size="wide" onClose={onClose} onConfirm={confirm}>
      <DialogBody>
        <p>{t(`disk:cleanUps.${name}.lost`)}</p>
        <p className="numbers">{t('disk:frees', { size: formatBytes(Size), bytes: formatNumber(Size) })}</p>
        {OtherSize > 0 && <p className="numbers">{t(name.startsWith('images') ? 'disk:alsoBlobs' : name === 'all' ? 'disk:alsoBoth' : 'disk:alsoLogs', { size: formatBytes(OtherSize), bytes: formatNumber(OtherSize) })}</p>}
        <ul className="clean-up__items" tabIndex={0} aria-label={t('disk:goes')}>
          {Items.map(({ Kind, Id, Names, Size: size }) => (
            <li key={`${Kind}${Id}`}>
              <small>{t(`disk:kinds.${Kind}`)}</small>
              <span className="isolated">{Names.length === 0 ? <code>{Id.replace('sha256:', '').slice(0, 12)}</code> : Names.map(plainName).join(', ')}</span>
              <span className="numbers">{formatBytes(size)}</span>
            </li>
          ))}
        </ul>
      </DialogBody>
      <DialogCommand>{cleanUpCommands[name].map(commandText).join(' && ')}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('common:keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" onClick={confirm}>
          {t('disk:confirm', { size: formatBytes(Size + OtherSize) })}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
