import { useState } from 'react';
import type { FileEntry } from '../../../contract/engine-api/files.ts';
import { problemOfName } from '../../format/files/paths.ts';
import { plainName } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { Button } from '../controls/button.tsx';
import { Field, FieldMessage } from '../controls/field.tsx';
import { Dialog, DialogBody, DialogCommand, DialogFoot } from '../overlay/dialog.tsx';

export function NameDialog({ title, verb, initial = '', onClose, onName }: { title: string; verb: string; initial?: string; onClose(): void; onName(name: string): void }) {
  const [name, setName] = useState(initial);
  const problem = problemOfName(name);
  // Nothing is wrong with a field that nobody has written in yet.
  const shown = problem === 'empty' ? undefined : problem;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === undefined && name !== initial) onName(name);
        }}
      >
        <DialogBody>
          <Field aria-label={t('files:name')} mono data-first value={name} wrong={shown !== undefined} onFocus={(event) => event.target.select()} onChange={(event) => setName(event.target.value)} />
          {shown !== undefined && <FieldMessage>{t(`files:problem.${shown}`)}</FieldMessage>}
        </DialogBody>
        <DialogFoot>
          <Button keys="esc" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button kind="primary" type="submit" keys="enter" disabled={problem !== undefined || name === initial}>
            {verb}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

export function RemoveDialog({ entry, command, onClose, onRemove }: { entry: FileEntry; command: string; onClose(): void; onRemove(): void }) {
  const kind = entry.Kind === 'folder' || entry.Kind === 'link' ? entry.Kind : 'file';
  return (
    <Dialog title={t('files:removeDialog.title', { name: plainName(entry.Name) })} onClose={onClose} onConfirm={onRemove}>
      <DialogBody>{t(`files:removeDialog.${kind}`)}</DialogBody>
      <DialogCommand>{command}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('common:keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" onClick={onRemove}>
          {t('files:removeDialog.remove')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
