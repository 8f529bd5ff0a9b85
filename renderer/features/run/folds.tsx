import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { formatMemory, parseMemory } from '../../format/bytes.ts';
import type { RestartChoice, RunDraft } from './draft/draft.ts';
import { changeDraft, useDraft } from './draft/draft-store.ts';
import { Fold } from './fold.tsx';
import type { Problem } from './draft/problems.ts';
import { text } from './text.ts';

const restartChoices = ['no', 'unless-stopped', 'always', 'on-failure'] as const satisfies readonly RestartChoice[];

/** What most runs do not need: folded, with the present value beside the title. */
export function Folds({ problems }: { problems: readonly Problem[] }) {
  const draft = useDraft((state) => state.draft);
  const limits = limitsOf(draft);
  const command = [draft.command.trim(), draft.user.trim(), draft.workdir.trim()].filter((part) => part !== '').join(', ');
  const others = [draft.tty ? '--tty' : '', draft.autoRemove ? '--rm' : ''].filter((part) => part !== '').join(' ');
  return (
    <>
      <Fold title={text.groups.restart} value={text.restart[draft.restart]} isChanged={draft.restart !== 'no'}>
        <div className="field-line">
          <label htmlFor="run-restart">{text.groups.restart}</label>
          <Select look="tall" id="run-restart" aria-label={text.restart.label} value={draft.restart} onChange={(event) => changeDraft('restart', { restart: event.target.value as RestartChoice })}>
            {restartChoices.map((choice) => (
              <option key={choice} value={choice}>
                {text.restart[choice]}
              </option>
            ))}
          </Select>
        </div>
      </Fold>
      <Fold title={text.groups.limits} value={limits || text.noLimits} isChanged={limits !== ''}>
        <TextLine field="memory" label={text.memory} placeholder={text.memoryPlaceholder} problems={problems} />
        <TextLine field="cpus" label={text.cpus} placeholder={text.cpusPlaceholder} problems={problems} />
      </Fold>
      <Fold title={text.groups.command} value={command || text.asImageSays} isChanged={command !== ''}>
        <TextLine field="command" label={text.command} placeholder={text.commandPlaceholder} problems={problems} mono />
        <TextLine field="user" label={text.user} placeholder={text.commandPlaceholder} problems={problems} mono />
        <TextLine field="workdir" label={text.workdir} placeholder={text.commandPlaceholder} problems={problems} mono />
      </Fold>
      <Fold title={text.groups.else} value={others || text.defaults} isChanged={others !== ''}>
        <div className="check-line">
          <Checkbox label={text.tty} state={draft.tty} onChange={() => changeDraft('tty', { tty: !draft.tty })} />
          <span aria-hidden="true">{text.tty}</span>
        </div>
        <div className="check-line">
          <Checkbox label={text.autoRemove} state={draft.autoRemove} onChange={() => changeDraft('autoRemove', { autoRemove: !draft.autoRemove })} />
          <span aria-hidden="true">{text.autoRemove}</span>
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
