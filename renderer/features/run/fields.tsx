import { ArrowRight, Eye, EyeOff, FolderOpen, HardDrive, Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { IconButton, LinkButton } from '../../components/controls/button.tsx';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { chooseOwnFolder, hasSharedFolders } from '../../stores/own-folder.ts';
import { looksSecret } from '../../format/secrets.ts';
import { envRow, isHostFolder, portRow, volumeRow, type EnvRow, type PortRow, type VolumeRow } from './draft/draft.ts';
import { changeDraft, changeRow, removeRow, useDraft } from './draft/draft-store.ts';
import { readEnvFile } from './draft/env-file.ts';
import { PortConflict } from './conflict.tsx';
import type { Problem } from './draft/problems.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

interface RowProps<T> {
  row: T;
  problem: Problem | undefined;
}

function RemoveRow({ label, onRemove }: { label: string; onRemove(): void }) {
  return (
    <IconButton label={t('run:removeRow', { what: label })} onClick={onRemove}>
      <X {...icon} size={15} />
    </IconButton>
  );
}

export function PortsField({ problems }: { problems: readonly Problem[] }) {
  const ports = useDraft(({ draft }) => draft.ports);
  return (
    <>
      {ports.length > 0 && (
        <div className="row-heads row-heads--ports" aria-hidden="true">
          <span>{t('run:portHost')}</span>
          <span>{t('run:portInside')}</span>
        </div>
      )}
      {ports.map((row) => (
        <PortLine key={row.key} row={row} problem={problems.find(({ field }) => field === row.key)} />
      ))}
      <LinkButton onClick={() => changeDraft('', { ports: [...ports, portRow()] })}>
        <Plus {...icon} />
        {t('run:addPort')}
      </LinkButton>
    </>
  );
}

function PortLine({ row, problem }: RowProps<PortRow>) {
  const messageId = `${row.key}-message`;
  return (
    <div className="form-row form-row--port">
      <Field
        mono
        aria-label={t('run:portHost')}
        value={row.host}
        wrong={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : messageId}
        data-field={row.key}
        onChange={(event) => changeRow('ports', row.key, { host: event.target.value })}
      />
      <ArrowRight {...icon} />
      <Field
        mono
        aria-label={t('run:portInside')}
        value={row.inside}
        note={row.fromImage ? t('run:fromImage') : undefined}
        onChange={(event) => changeRow('ports', row.key, { inside: event.target.value, fromImage: false })}
      />
      <Select look="tall" aria-label={t('run:protocol')} value={row.protocol} onChange={(event) => changeRow('ports', row.key, { protocol: event.target.value as PortRow['protocol'] })}>
        {(['tcp', 'udp', 'sctp'] as const).map((protocol) => (
          <option key={protocol} value={protocol}>
            {protocol}
          </option>
        ))}
      </Select>
      <RemoveRow label={`${t('run:labels.ports')} ${row.host}`} onRemove={() => removeRow('ports', row.key)} />
      {problem?.kind === 'port-taken' && <PortConflict id={messageId} problem={problem} onUse={(host) => changeRow('ports', row.key, { host })} />}
      {problem?.kind === 'wrong' && <RowMessage id={messageId} problem={problem} />}
    </div>
  );
}

function RowMessage({ id, problem }: { id: string; problem: Problem }) {
  return (
    <div className="form-row__message">
      <FieldMessage id={id}>{problem.sentence}</FieldMessage>
    </div>
  );
}

export function EnvField({ problems }: { problems: readonly Problem[] }) {
  const env = useDraft(({ draft }) => draft.env);
  const picker = useRef<HTMLInputElement>(null);

  async function load(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    const read = readEnvFile(await file.text());
    const names = new Set(read.map(({ name }) => name));
    changeDraft('', { env: [...useDraft.getState().draft.env.filter(({ name }) => name.trim() !== '' && !names.has(name.trim())), ...read.map(({ name, value }) => envRow(name, value))] });
  }

  return (
    <>
      {env.map((row) => (
        <EnvLine key={row.key} row={row} problem={problems.find(({ field }) => field === row.key)} />
      ))}
      <LinkButton onClick={() => changeDraft('', { env: [...env, envRow()] })}>
        <Plus {...icon} />
        {t('run:addEnv')}
      </LinkButton>
      <span className="run__or">{t('run:or')}</span>
      <LinkButton onClick={() => picker.current?.click()}>{t('run:loadEnv')}</LinkButton>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label={t('run:loadEnv')}
        onChange={(event) => {
          void load(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </>
  );
}

function EnvLine({ row, problem }: RowProps<EnvRow>) {
  const [isShown, setShown] = useState(false);
  const isSecret = looksSecret(row.name.trim());
  return (
    <div className="form-row">
      <Field
        mono
        aria-label={t('run:envName')}
        placeholder="NAME"
        value={row.name}
        wrong={problem !== undefined}
        data-field={row.key}
        onChange={(event) => changeRow('env', row.key, { name: event.target.value })}
      />
      <span />
      <Field
        mono
        aria-label={t('run:envValue')}
        type={isSecret && !isShown ? 'password' : 'text'}
        autoComplete="off"
        value={row.value}
        note={
          isSecret ? (
            <IconButton label={isShown ? t('run:hideValue') : t('run:showValue')} onClick={() => setShown(!isShown)}>
              {isShown ? <Eye {...icon} /> : <EyeOff {...icon} />}
            </IconButton>
          ) : undefined
        }
        onChange={(event) => changeRow('env', row.key, { value: event.target.value })}
      />
      <RemoveRow label={row.name || t('run:variable')} onRemove={() => removeRow('env', row.key)} />
      {problem !== undefined && <RowMessage id={`${row.key}-message`} problem={problem} />}
    </div>
  );
}

/** @param suggestedTarget a folder that the image keeps data in, proposed for the first row. */
export function VolumesField({ problems, suggestedTarget }: { problems: readonly Problem[]; suggestedTarget: string | undefined }) {
  const { volumes, name } = useDraft(({ draft }) => draft);
  const suggestedSource = suggestedTarget === undefined ? '' : `${name.trim() || 'my'}-data`;
  return (
    <>
      {volumes.map((row) => (
        <VolumeLine key={row.key} row={row} problem={problems.find(({ field }) => field === row.key)} />
      ))}
      <LinkButton onClick={() => changeDraft('', { volumes: [...volumes, volumes.length === 0 ? volumeRow(suggestedSource, suggestedTarget) : volumeRow()] })}>
        <Plus {...icon} />
        {t('run:addVolume')}
      </LinkButton>
      <span className="run__or">{t('run:or')}</span>
      <LinkButton onClick={() => void addOwnFolder(suggestedTarget)}>{hasSharedFolders() ? t('run:mountFolder') : t('run:copyFolder')}</LinkButton>
    </>
  );
}

/** The row is there only once there is something to mount. */
async function addOwnFolder(suggestedTarget = ''): Promise<void> {
  const source = await chooseOwnFolder();
  if (source === undefined) return;
  const { volumes } = useDraft.getState().draft;
  const row = volumeRow(source, volumes.length === 0 ? suggestedTarget : '');
  changeDraft(row.key, { volumes: [...volumes, row] });
}

function VolumeLine({ row, problem }: RowProps<VolumeRow>) {
  return (
    <div className="form-row form-row--volume">
      <Field
        aria-label={t('run:volumeSource')}
        placeholder="orders-data"
        lead={isHostFolder(row.source) ? <FolderOpen {...icon} /> : <HardDrive {...icon} />}
        value={row.source}
        note={row.source.trim() === '' ? (row.target.trim() === '' ? undefined : t('run:unnamed')) : isHostFolder(row.source) ? t('run:folder') : t('run:newVolume')}
        wrong={problem !== undefined}
        data-field={row.key}
        onChange={(event) => changeRow('volumes', row.key, { source: event.target.value })}
      />
      <ArrowRight {...icon} />
      <Field mono aria-label={t('run:volumeTarget')} placeholder="/data" value={row.target} onChange={(event) => changeRow('volumes', row.key, { target: event.target.value })} />
      <div className="check-line">
        <Checkbox label={t('run:readOnly')} state={row.readOnly} onChange={() => changeRow('volumes', row.key, { readOnly: !row.readOnly })} />
        <span aria-hidden="true">{t('run:ro')}</span>
      </div>
      <RemoveRow label={row.source || t('run:newVolume')} onRemove={() => removeRow('volumes', row.key)} />
      {problem !== undefined && <RowMessage id={`${row.key}-message`} problem={problem} />}
    </div>
  );
}
