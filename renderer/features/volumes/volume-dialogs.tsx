import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { ConfirmDialog, Dialog, DialogBody, DialogCommand, DialogFoot } from '../../components/overlay/dialog.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { commandText, docker } from '../../format/engine/docker-command.ts';
import { volumeCommands } from '../../format/engine/volume-commands.ts';
import { plainName, sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { formatList } from '../../i18n/intl.ts';
import { backUpVolume, createVolume, emptyVolume, removeVolumes, restoreVolume } from '../../stores/volumes.ts';
import { sizeOf, splitByUse, writersOf, type VolumeRow } from './volume-rows.ts';

function problemOf(name: string, names: readonly string[]): string | undefined {
  if (name !== '' && (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) || name.length > 255)) return t('volumes:problem.name');
  return names.includes(name) ? t('volumes:problem.taken', { name }) : undefined;
}

export function CreateDialog({ names, onClose, onMade }: { names: readonly string[]; onClose(): void; onMade(name: string): void }) {
  const [name, setName] = useState('');
  const [labels, setLabels] = useState('');
  const [failure, setFailure] = useState<string>();
  const problem = problemOf(name, names);
  const pairs = labels.split(/\s+/).filter((label) => label !== '');

  function make(): void {
    if (name === '' || problem !== undefined) return;
    const entries = pairs.map((pair) => (pair.includes('=') ? [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] : [pair, '']));
    createVolume(name, Object.fromEntries(entries) as Record<string, string>).then(
      (volume) => onMade(volume.Name),
      (error: { message: string; hint?: string }) => setFailure(sentences(error.message, error.hint)),
    );
  }

  return (
    <Dialog title={t('volumes:createDialog.title')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <DialogBody>
          <p>{t('volumes:createDialog.body')}</p>
          <label className="volume-field">
            <span>{t('volumes:createDialog.name')}</span>
            <Field mono data-first value={name} wrong={problem !== undefined} onChange={(event) => setName(event.target.value)} />
          </label>
          {(problem ?? failure) !== undefined && <FieldMessage>{problem ?? failure}</FieldMessage>}
          <label className="volume-field">
            <span>{t('volumes:createDialog.labels')}</span>
            <Field mono value={labels} placeholder={t('volumes:createDialog.labelForm')} onChange={(event) => setLabels(event.target.value)} />
          </label>
        </DialogBody>
        <DialogCommand>{commandText(volumeCommands.create(name, pairs))}</DialogCommand>
        <DialogFoot>
          <Button keys="esc" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button kind="primary" type="submit" keys="enter" disabled={name === '' || problem !== undefined}>
            {t('volumes:createDialog.make')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

export function RestoreDialog({ file, names, onClose }: { file: File; names: readonly string[]; onClose(): void }) {
  const [name, setName] = useState(() => file.name.replace(/(-\d{4}-\d\d-\d\d\w*)?\.tar(\.zst|\.gz)?$/i, '').replace(/[^a-zA-Z0-9_.-]/g, '-'));
  const problem = problemOf(name, names);
  return (
    <Dialog title={t('volumes:restoreDialog.title')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (problem !== undefined) return;
          onClose();
          void restoreVolume(name, file);
        }}
      >
        <DialogBody>
          <p className="isolated">{t('volumes:restoreDialog.body', { file: file.name, size: formatBytes(file.size) })}</p>
          <label className="volume-field">
            <span>{t('volumes:restoreDialog.name')}</span>
            <Field mono data-first value={name} placeholder={t('volumes:restoreDialog.asBefore')} wrong={problem !== undefined} onChange={(event) => setName(event.target.value)} />
          </label>
          {problem !== undefined && <FieldMessage>{problem}</FieldMessage>}
        </DialogBody>
        <DialogFoot>
          <Button keys="esc" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button kind="primary" type="submit" keys="enter" disabled={problem !== undefined}>
            {t('volumes:restoreDialog.restore')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** What is lost, and who is in the way. */
export function LossDialog({ verb, rows, onClose }: { verb: 'remove' | 'empty'; rows: readonly VolumeRow[]; onClose(): void }) {
  const [first] = rows;
  if (rows.length > 1 && verb === 'remove') return <RemoveSeveralDialog rows={rows} onClose={onClose} />;
  return first === undefined ? null : <LossOfOneDialog verb={verb} row={first} onClose={onClose} />;
}

/** One by one and to the byte; what a container has stays. */
export function RemoveSeveralDialog({ rows, onClose }: { rows: readonly VolumeRow[]; onClose(): void }) {
  const { going, used } = splitByUse(rows);
  const size = sizeOf(going);
  const names = going.map(({ name }) => name);
  return (
    <ConfirmDialog
      title={t('volumes:removeSeveral.title', { count: going.length })}
      command={commandText(volumeCommands.remove(names))}
      keep={t('common:keep')}
      confirm={t('volumes:removeSeveral.confirm', { count: going.length })}
      isDisabled={going.length === 0}
      onConfirm={() => void removeVolumes(names)}
      onClose={onClose}
    >
      {going.length > 0 && <p>{size === undefined ? t('volumes:removeSeveral.lost') : t('volumes:removeSeveral.lostSize', { size: formatBytes(size) })}</p>}
      <ul className="volume-loss" tabIndex={0} aria-label={t('volumes:removeSeveral.goes')}>
        {going.map((row) => (
          <li key={row.name}>
            <span className="cut isolated">{plainName(row.name)}</span>
            <span className="numbers">{row.size === undefined ? '–' : formatBytes(row.size)}</span>
          </li>
        ))}
      </ul>
      {used.length > 0 && <p className="isolated">{t('volumes:removeSeveral.stays', { count: used.length, names: formatList(used.map(({ name }) => plainName(name)).slice(0, 6)) })}</p>}
    </ConfirmDialog>
  );
}

/** A volume that is written to: its copy may be of two moments. */
export function BackupDialog({ row, onClose }: { row: VolumeRow; onClose(): void }) {
  const writers = writersOf(row);
  const names = formatList([...new Set(writers.map(({ name }) => name))]);
  const start = (pauses: boolean): void => {
    onClose();
    void backUpVolume(row.name, pauses ? writers.map(({ id }) => id) : []);
  };
  return (
    <Dialog title={t('volumes:backupDialog.title', { name: plainName(row.name) })} onClose={onClose}>
      <DialogBody>
        <p className="isolated">{t('volumes:backupDialog.written', { count: writers.length, users: names })}</p>
        <p>{t('volumes:backupDialog.pause')}</p>
      </DialogBody>
      <DialogCommand>{`${commandText(docker.pause(writers.map(({ name }) => name)))} && …`}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button onClick={() => start(false)}>{t('volumes:backupDialog.asIs')}</Button>
        <Button kind="primary" data-first onClick={() => start(true)}>
          {t('volumes:backupDialog.confirm')}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function LossOfOneDialog({ verb, row, onClose }: { verb: 'remove' | 'empty'; row: VolumeRow; onClose(): void }) {
  const { name, size } = row;
  const users = [...new Set(row.users.filter((user) => verb === 'remove' || user.isUp).map((user) => user.name))];
  const confirm = (): void => {
    if (users.length > 0) return;
    onClose();
    void (verb === 'remove' ? removeVolumes([name]) : emptyVolume(name));
  };
  return (
    <Dialog title={t(`volumes:${verb}Dialog.title`, { name })} onClose={onClose} onConfirm={confirm}>
      <DialogBody>
        {users.length > 0 ? (
          <p className="isolated">{t(`volumes:${verb}Dialog.used`, { count: users.length, users: formatList(users) })}</p>
        ) : (
          <p>{size === undefined ? t(`volumes:${verb}Dialog.lost`) : t(`volumes:${verb}Dialog.lostSize`, { size: formatBytes(size) })}</p>
        )}
      </DialogBody>
      <DialogCommand>{commandText(verb === 'remove' ? volumeCommands.remove([name]) : volumeCommands.empty(name))}</DialogCommand>
      <DialogFoot>
        <Button keys="esc" data-first onClick={onClose}>
          {t('common:keep')}
        </Button>
        <Button kind="danger" keys="mod+backspace" disabled={users.length > 0} onClick={confirm}>
          {t(`volumes:${verb}Dialog.confirm`)}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
