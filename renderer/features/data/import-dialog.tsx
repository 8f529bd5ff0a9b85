import { useEffect, useState } from 'react';
import type { DataArchive } from '../../../contract/ipc.ts';
import { asFailure, type IpcFailure } from '../../api.ts';
import { Button } from '../../components/controls/button.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { plainName, sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { formatList, formatMoment } from '../../i18n/intl.ts';
import { Rich } from '../../i18n/rich.tsx';
import { useContainers } from '../../stores/containers/containers.ts';
import { chooseForData, importCommand, importData, listArchives, useDataTransfer } from '../../stores/data-transfer.ts';
import { useImages } from '../../stores/images.ts';
import { useVolumes } from '../../stores/volumes.ts';
import { TransferView } from './transfer-view.tsx';

/** An export of a folder in the place of all that is here; what is lost stands before the button. */
export default function ImportDialog({ folder, onClose }: { folder: string; onClose(): void }) {
  const transfer = useDataTransfer((state) => state.transfer);
  const [archives, setArchives] = useState<readonly DataArchive[]>();
  const [failure, setFailure] = useState<IpcFailure>();
  const [path, setPath] = useState<string>();

  useEffect(() => {
    let isCurrent = true;
    listArchives(folder).then(
      (found) => {
        if (!isCurrent) return;
        setArchives(found);
        setPath(found[0]?.path);
      },
      (error: unknown) => isCurrent && setFailure(asFailure(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [folder]);

  if (transfer !== undefined) return <TransferView title={t('data:import.title')} transfer={transfer} onClose={onClose} />;
  const chosen = archives?.find((archive) => archive.path === path);
  const take = (): void => {
    if (chosen !== undefined) importData(chosen);
  };
  return (
    <Dialog title={t('data:import.title')} size="wide" onClose={onClose} onConfirm={take}>
      <DialogBody>
        <p className="data-transfer__folder">
          <Rich text="data:from" values={{ folder }} /> <Button size="small" onClick={() => void chooseForData('import')}>{t('data:other')}</Button>
        </p>
        {failure !== undefined && (
          <p className="isolated" role="alert">
            {sentences(failure.message, failure.hint)}
          </p>
        )}
        {archives?.length === 0 && <p role="status">{t('data:import.none')}</p>}
        {archives !== undefined && archives.length > 0 && (
          <fieldset className="data-archives">
            <legend className="unseen">{t('data:import.which')}</legend>
            {archives.map((archive) => (
              <label key={archive.path}>
                <input type="radio" name="archive" checked={archive.path === path} onChange={() => setPath(archive.path)} />
                <span>
                  <strong className="isolated">{plainName(archive.name)}</strong>
                  <small className="numbers">{t('data:import.archive', { time: formatMoment(new Date(archive.writtenAt)), size: formatBytes(archive.size), disk: formatBytes(archive.diskBytes), version: plainName(archive.version) })}</small>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        {chosen !== undefined && <Loss />}
      </DialogBody>
      {chosen !== undefined && <DialogCommand>{commandText(importCommand(chosen.path))}</DialogCommand>}
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('common:keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={chosen === undefined} onClick={take}>
          {t('data:import.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function Loss() {
  const containers = useContainers((state) => state.containers.length);
  const images = useImages((state) => state.images.length);
  const volumes = useVolumes((state) => state.volumes.length);
  const what = formatList([t('data:import.containers', { count: containers }), t('data:import.images', { count: images }), t('data:import.volumes', { count: volumes })]);
  return (
    <div className="data-loss">
      <p>{t('data:import.loss', { what })}</p>
      <p>{t('data:import.kept')}</p>
    </div>
  );
}
