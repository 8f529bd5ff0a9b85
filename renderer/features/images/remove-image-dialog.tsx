import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { commandText, docker } from '../../format/engine/docker-command.ts';
import { shortId } from '../../format/engine/reference.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { removeImages, useImages } from '../../stores/images.ts';
import { imageRows } from './image-rows.ts';
import { t } from '../../i18n/i18n.ts';

export function RemoveImageDialog({ reference, imageId, onClose }: { reference: string; imageId: string; onClose(): void }) {
  const images = useImages((state) => state.images);
  const containers = useContainers((state) => state.containers);
  const row = imageRows(images, containers).find((candidate) => candidate.reference === reference && candidate.id === imageId);
  const [isForced, setForced] = useState(false);
  const name = row?.isTagged === false ? shortId(reference) : reference;
  const users = row?.users ?? [];
  const isTagOnly = (row?.names ?? 0) > 1;
  const shown = row?.isTagged === false ? row.id : reference;
  function remove(): void {
    onClose();
    void removeImages([reference], isForced);
  }

  return (
    <Dialog title={t('images:removeDialog.title', { name })} onClose={onClose} onConfirm={remove}>
      <DialogBody>
        <span className="isolated">{isTagOnly ? t('images:removeDialog.tagOnly') : t('images:removeDialog.free', { size: formatBytes(row?.size ?? 0) })}</span>
        {!isTagOnly && users.length > 0 && (
          <>
            <p className="isolated">{t('images:removeDialog.usedBy', { names: users.map((user) => user.name).slice(0, 3).join(', ') })}</p>
            <div className="check-line">
              <Checkbox label={t('images:removeDialog.force')} state={isForced} onChange={() => setForced(!isForced)} />
              <span aria-hidden="true">{t('images:removeDialog.force')}</span>
            </div>
          </>
        )}
      </DialogBody>
      <DialogCommand>{commandText(docker.removeImages([shown], isForced))}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('images:removeDialog.keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={row === undefined} onClick={remove}>
          {t('images:removeDialog.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
