import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { formatMemory, parseMemory } from '../../format/bytes.ts';
import type { RestartChoice, RunDraft } from './draft/draft.ts';
import { changeDraft, useDraft } from './draft/draft-store.ts';
import { Fold } from './fold.tsx';
import type { Problem } from './draft/problems.ts';
import { t } from '../../i18n/i18n.ts';

const restartChoices = ['no', 'unless-stopped', 'always', 'on-failure'] as const satisfies readonly RestartChoice[];

/** What most runs do not need: folded, with the present value beside the title. */
export function Folds({ problems }: { problems: readonly Problem[] }) {
  const draft = useDraft((state) => state.draft);
  const limits = limitsOf(draft);
  const command = [draft.command.trim(), draft.user.trim(), draft.workdir.trim()].filter((part) => part !== '').join(', ');
  const others = [draft.tty ? '--tty' : '', draft.autoRemove ? '--rm' : ''].filter((part) => part !== '').join(' ');
  return (
    <>
      <Fold title={t('run:groups.restart')} value={t(`run:restart.${draft.restart}`)} isChanged={draft.restart !== 'no'}>
        <div className="field-line">
          <label htmlFor="run-restart">{t('run:groups.restart')}</label>
          <Select look="tall" id="run-restart" aria-label={t('run:restart.label')} value={draft.restart} onChange={(event) => changeDraft('restart', { restart: event.target.value as RestartChoice })}>
            {restartChoices.map((choice) => (
              <option key={choice} value={choice}>
                {t(`run:restart.${choice}`)}
              </option>
            ))}
          </Select>
        </div>
      </Fold>
      <Fold title={t('run:groups.limits')} value={limits || t('run:noLimits')} isChanged={limits !== ''}>
        <TextLine field="memory" label={t('run:memory')} placeholder={t('run:memoryPlaceholder')} problems={problems} />
        <TextLine field="cpus" label={t('run:cpus')} placeholder={t('run:cpusPlaceholder')} problems={problems} />
      </Fold>
      <Fold title={t('run:groups.command')} value={command || t('run:asImageSays')} isChanged={command !== ''}>
        <TextLine field="command" label={t('run:command')} placeholder={t('run:commandPlaceholder')} problems={problems} mono />
        <TextLine field="user" label={t('run:user')} placeholder={t('run:commandPlaceholder')} problems={problems} mono />
        <TextLine field="workdir" label={t('run:workdir')} placeholder={t('run:commandPlaceholder')} problems={problems} mono />
      </Fold>
      <Fold title={t('run:groups.else')} value={others || t('run:defaults')} isChanged={others !== ''}>
        <div className="check-line">
          <Checkbox label={t('run:tty')} state={draft.tty} onChange={() => changeDraft('tty', { tty: !draft.tty })} />
          <span aria-hidden="true">{t('run:tty')}</span>
        </div>
        <div className="check-line">
          <Checkbox label={t('run:autoRemove')} state={draft.autoRemove} onChange={() => changeDraft('autoRemove', { autoRemove: !draft.autoRemove })} />
          <span aria-hidden="true">{t('run:autoRemove')}</span>
        </div>
      </Fold>
    </>
  );
}

type TextKey = 'memory' | 'cpus' | 'command' | 'user' | 'workdir';

function TextLine({ field, label, placeholder, problems, mono = false }: { field: TextKey; label: string; placeholder: string; problems: readonly Problem[]; mono?: boolean }) {
  const value = useDraft(({ draft }) => draft[field]);
  const problem = problems.find((candidate) => candidate.field === field);
  return (
    <div className="field-line">
      <label htmlFor={`run-${field}`}>{label}</label>
      <div>
        <Field
          id={`run-${field}`}
          mono={mono}
          value={value}
          placeholder={placeholder}
          wrong={problem !== undefined}
          data-field={field}
          aria-describedby={problem === undefined ? undefined : `run-${field}-message`}
          onChange={(event) => changeDraft(field, { [field]: event.target.value })}
        />
        {problem !== undefined && <FieldMessage id={`run-${field}-message`}>{problem.sentence}</FieldMessage>}
      </div>
    </div>
  );
}

function limitsOf(draft: RunDraft): string {
  const memory = parseMemory(draft.memory);
  return [memory === undefined ? '' : formatMemory(memory), draft.cpus.trim() === '' ? '' : `${draft.cpus.trim()} CPUs`].filter((part) => part !== '').join(', ');
}
