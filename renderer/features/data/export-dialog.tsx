import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { isUp } from '../../format/engine/container.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';
import { useContainers } from '../../stores/containers/containers.ts';
import { chooseForData, exportCommand, exportData, joinPath, useDataTransfer } from '../../stores/data-transfer.ts';
import { TransferView } from './transfer-view.tsx';

const isFileName = (name: string): boolean => /^[^/\\\0-\x1f\x7f]{1,200}$/.test(name) && name !== '.' && name !== '..';

/** All images, containers and volumes into one file of a folder that was chosen. */
export default function ExportDialog({ folder, onClose }: { folder: string; onClose(): void }) {
  const transfer = useDataTransfer((state) => state.transfer);
  const running = useContainers((state) => state.containers.filter(({ condition }) => isUp(condition)).length);
  const [name, setName] = useState(() => `slipway-${new Date().toISOString().slice(0, 10)}.slipway`);
  if (transfer !== undefined) return <TransferView title={t('data:export.title')} transfer={transfer} onClose={onClose} />;
  const isWrong = !isFileName(name.trim());
  return (
    <Dialog title={t('data:export.title')} size="wide" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWrong) exportData(folder, name.trim());
        }}
      >
        <DialogBody>
          <p>{t('data:export.body')}</p>
          <p>{t('data:restarts', { count: running })}</p>
          <p className="data-transfer__folder">
            <Rich text="data:into" values={{ folder }} /> <Button size="small" onClick={() => void chooseForData('export')}>{t('data:other')}</Button>
          </p>
          <label className="data-transfer__name" htmlFor="data-name">
            {t('data:export.field')}
          </label>
          <Field id="data-name" mono data-first value={name} wrong={isWrong} aria-describedby={isWrong ? 'data-name-message' : undefined} onChange={(event) => setName(event.target.value)} />
          {isWrong && <FieldMessage id="data-name-message">{t('data:export.nameWrong')}</FieldMessage>}
        </DialogBody>
        <DialogCommand>{commandText(exportCommand(joinPath(folder, name.trim())))}</DialogCommand>
        <DialogFoot>
          <Button keys="esc" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button kind="primary" type="submit" disabled={isWrong}>
            {t('data:export.confirm')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
