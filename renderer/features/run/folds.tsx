import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { t } from '../../i18n/i18n.ts';
import { filledOptions, type RunDraft } from './draft/draft.ts';
import { changeDraft, useDraft } from './draft/draft-store.ts';
import { flagGroups, type FlagGroup } from './draft/flags/flag.ts';
import { flagNames, flagOf } from './draft/flags/run-flags.ts';
import { readBytes } from './draft/flags/values.ts';
import type { Problem } from './draft/problems.ts';
import { Fold } from './fold.tsx';
import { OptionField } from './option-fields.tsx';

/** Everything that most runs do not need: folded, with the present value beside the title. */
export function Folds({ problems }: { problems: readonly Problem[] }) {
  const draft = useDraft((state) => state.draft);
  return flagGroups.map((group) => {
    const value = summaryOf(draft, group);
    return (
      <Fold key={group} title={t(`run:groups.${group}`)} value={value === '' ? restingValue(group) : value} isChanged={value !== ''} isForcedOpen={problems.some((problem) => problem.group === group)}>
        {group === 'command' && <CommandField problems={problems} />}
        {flagNames.map((name) => flagOf(name).group === group && <OptionField key={name} name={name} problems={problems} />)}
      </Fold>
    );
  });
}

function CommandField({ problems }: { problems: readonly Problem[] }) {
  const value = useDraft(({ draft }) => draft.command);
  const problem = problems.find(({ field }) => field === 'command');
  return (
    <div className="field-line">
      <label htmlFor="run-command">{t('run:command')}</label>
      <div>
        <Field id="run-command" mono value={value} placeholder={t('run:commandPlaceholder')} wrong={problem !== undefined} data-field="command" aria-describedby={problem === undefined ? undefined : 'run-command-message'} onChange={(event) => changeDraft('command', { command: event.target.value })} />
        {problem !== undefined && <FieldMessage id="run-command-message">{problem.sentence}</FieldMessage>}
      </div>
    </div>
  );
}

function restingValue(group: FlagGroup): string {
  switch (group) {
    case 'restart':
      return t('run:restart.no');
    case 'limits':
      return t('run:noLimits');
    case 'command':
      return t('run:asImageSays');
    default:
      return t('run:defaults');
  }
}

/** What is set in a group, in few words; empty when nothing is. */
function summaryOf(draft: RunDraft, group: FlagGroup): string {
  const parts = filledOptions(draft)
    .filter(({ name }) => flagOf(name).group === group)
    .map(({ name, values }) => {
      const [value = ''] = values;
      if (name === 'restart' && /^(?:always|unless-stopped|on-failure)$/.test(value)) return t(`run:restart.${value as 'always'}`);
      if (name === 'memory') return formatMemory(readBytes(value) ?? 0);
      if (name === 'cpus') return `${value} CPUs`;
      return flagOf(name).kind === 'switch' ? `--${name}` : `--${name} ${values.join(' ')}`;
    });
  const command = group === 'command' ? draft.command.trim() : '';
  return [command, ...parts].filter((part) => part !== '').join(', ');
}

