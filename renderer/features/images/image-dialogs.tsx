import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { ConfirmDialog, Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { problemOfReference } from '../../format/engine/reference.ts';
import { t } from '../../i18n/i18n.ts';
import { pruneImages, pushImage, tagImage } from '../../stores/image-actions.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useImages } from '../../stores/images.ts';

/** Another name for an image; nothing is copied. */
export function TagDialog({ reference, onClose }: { reference: string; onClose(): void }) {
  const [name, setName] = useState('');
  const problem = problemOfReference(name);
  const isEmpty = name.trim() === '';
  function tag(): void {
    if (problem !== undefined) return;
    onClose();
    void tagImage(reference, name.trim());
  }
  return (
    <Dialog title={t('images:tagDialog.title', { name: reference })} onClose={onClose}>
      <DialogBody>{t('images:tagDialog.body')}</DialogBody>
      <form className="pull-form" onSubmit={(event) => (event.preventDefault(), tag())}>
        <Field mono data-first aria-label={t('images:tagDialog.label')} placeholder="team-app:tested" value={name} wrong={!isEmpty && problem !== undefined} onChange={(event) => setName(event.target.value)} />
        {!isEmpty && problem !== undefined && <FieldMessage>{problem}</FieldMessage>}
      </form>
      <DialogCommand>{commandText(['docker', 'tag', reference, isEmpty ? 'NAME' : name.trim()])}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button kind="primary" keys="enter" disabled={problem !== undefined} onClick={tag}>
          {t('images:tagDialog.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

/** Sends an image to the registry that its name says; the account is used for this once and kept nowhere. */
export function PushDialog({ reference, onClose }: { reference: string; onClose(): void }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  function push(): void {
    onClose();
    void pushImage(reference, user.trim() === '' ? undefined : { username: user.trim(), password });
  }
  return (
    <Dialog title={t('images:pushDialog.title', { name: reference })} onClose={onClose}>
      <DialogBody>{t('images:pushDialog.body')}</DialogBody>
      <form className="pull-form" onSubmit={(event) => (event.preventDefault(), push())}>
        <Field data-first aria-label={t('images:pushDialog.user')} placeholder={t('images:pushDialog.user')} autoComplete="username" value={user} onChange={(event) => setUser(event.target.value)} />
        <Field type="password" aria-label={t('images:pushDialog.password')} placeholder={t('images:pushDialog.password')} autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </form>
      <DialogCommand>{commandText(['docker', 'push', reference])}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button kind="primary" onClick={push}>
          {t('images:pushDialog.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

/** Says which images go: those without a name, or all that no container uses. */
export function PruneImagesDialog({ onClose }: { onClose(): void }) {
  const images = useImages((state) => state.images);
  const containers = useContainers((state) => state.containers);
  const [isAll, setAll] = useState(true);
  const used = new Set(containers.map(({ imageId }) => imageId));
  const going = images.filter(({ Id, RepoTags }) => !used.has(Id) && (isAll || (RepoTags ?? []).length === 0));
  const names = going.flatMap(({ Id, RepoTags }) => (RepoTags?.length ? RepoTags : [Id.slice(7, 19)]));
  return (
    <ConfirmDialog
      title={t('images:prune.title', { count: going.length })}
      command={commandText(['docker', 'image', 'prune', '--force', ...(isAll ? ['--all'] : [])])}
      keep={t('common:keep')}
      confirm={t('images:prune.confirm', { count: going.length })}
      isDisabled={going.length === 0}
      onConfirm={() => void pruneImages(isAll)}
      onClose={onClose}
    >
      <p className="isolated prune-names">{names.slice(0, 12).join(', ')}{names.length > 12 && ` ${t('images:moreUsers', { count: names.length - 12 })}`}</p>
      <p>{t('images:prune.free', { size: formatBytes(going.reduce((sum, { Size, SharedSize }) => sum + Size - Math.max(0, SharedSize), 0)) })}</p>
      <div className="check-line">
        <Checkbox label={t('images:prune.all')} state={isAll} onChange={() => setAll(!isAll)} />
        <span aria-hidden="true">{t('images:prune.all')}</span>
      </div>
    </ConfirmDialog>
  );
}
