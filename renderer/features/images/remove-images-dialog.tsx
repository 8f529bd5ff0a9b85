import { ConfirmDialog } from '../../components/overlay/dialog.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { commandText, docker } from '../../format/engine/docker-command.ts';
import { t } from '../../i18n/i18n.ts';
import { formatList } from '../../i18n/intl.ts';
import { removeImages } from '../../stores/images.ts';
import { removalOf, type ImageRow } from './image-rows.ts';

const namesOf = (rows: readonly ImageRow[]): string => {
  const names = rows.map(({ name, tag }) => `${name}${tag}`);
  return formatList(names.length <= 4 ? names : [...names.slice(0, 3), t('images:several', { count: names.length - 3 })]);
};

/** Several at once: what goes, what it frees, and what stays because a container stands on it. */
export function RemoveImagesDialog({ rows, onClose, onRemoved }: { rows: readonly ImageRow[]; onClose(): void; onRemoved(): void }) {
  const { going, held, freed } = removalOf(rows);
  const references = going.map(({ reference }) => reference);
  return (
    <ConfirmDialog
      title={t('images:removeSeveral.title', { count: rows.length })}
      keep={t('images:removeDialog.keep')}
      confirm={t('images:removeSeveral.confirm', { count: going.length })}
      command={going.length === 0 ? undefined : commandText(docker.removeImages(references, false))}
      isDisabled={going.length === 0}
      onClose={onClose}
      onConfirm={() => {
        onRemoved();
        void removeImages(references);
      }}
    >
      {going.length > 0 && <p className="isolated">{t('images:removeSeveral.goes', { names: namesOf(going), size: formatBytes(freed) })}</p>}
      {held.length > 0 && <p className="isolated">{t('images:removeSeveral.held', { count: held.length, names: namesOf(held) })}</p>}
    </ConfirmDialog>
  );
}
