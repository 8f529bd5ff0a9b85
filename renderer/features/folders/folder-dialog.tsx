import { ChevronUp, Folder } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { FolderList } from '../../../contract/ipc.ts';
import { asFailure, type IpcFailure } from '../../api.ts';
import { Button } from '../../components/controls/button.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/overlay/dialog.tsx';
import { plainName, sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { listFolders } from '../../stores/own-folder.ts';
import './folders.css';

const icon = { size: 15, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** A folder of this computer, where the shell has no dialog of the system for it. */
export default function FolderDialog({ note, onPick, onClose }: { note?: string | undefined; onPick(path: string): void; onClose(): void }) {
  const [list, setList] = useState<FolderList>();
  const [path, setPath] = useState('');
  const [failure, setFailure] = useState<IpcFailure>();

  const open = useCallback(async (wanted?: string): Promise<void> => {
    try {
      const read = await listFolders(wanted);
      setList(read);
      setPath(read.path);
      setFailure(undefined);
    } catch (error) {
      setFailure(asFailure(error));
    }
  }, []);
  // eslint-disable-next-line react-hooks/set-state-in-effect
  useEffect(() => void open(), [open]);

  const isRead = list !== undefined && path === list.path;
  return (
    <Dialog title={t('shell:folders.title')} size="wide" onClose={onClose}>
      <DialogBody>{note ?? t('shell:folders.body')}</DialogBody>
      <form
        className="folders__path"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRead) onPick(list.path);
          else void open(path);
        }}
      >
        <Button icon={<ChevronUp {...icon} />} disabled={list?.parent === undefined} onClick={() => void open(list?.parent)}>
          {t('shell:folders.up')}
        </Button>
        <Field mono aria-label={t('shell:folders.path')} value={path} wrong={failure !== undefined} aria-describedby={failure === undefined ? undefined : 'folders-message'} onChange={(event) => setPath(event.target.value)} />
      </form>
      {failure !== undefined && <FieldMessage id="folders-message">{sentences(failure.message, failure.hint)}</FieldMessage>}
      <ul className="folders" aria-label={t('shell:folders.list')}>
        {list?.folders.map((name) => (
          <li key={name}>
            <button type="button" onClick={() => void open(list.path.endsWith('/') ? `${list.path}${name}` : `${list.path}/${name}`)}>
              <Folder {...icon} />
              <span className="cut isolated">{plainName(name)}</span>
            </button>
          </li>
        ))}
        {list?.folders.length === 0 && <li className="folders__none">{t('shell:folders.none')}</li>}
        {list?.isCut === true && <li className="folders__none">{t('shell:folders.cut')}</li>}
      </ul>
      <DialogFoot>
        {note === undefined && list?.hasIndex === true && <span className="folders__index">{t('shell:folders.hasIndex')}</span>}
        <Button keys="esc" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button kind="primary" data-first disabled={!isRead} onClick={() => list !== undefined && onPick(list.path)}>
          {t('shell:folders.use')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
