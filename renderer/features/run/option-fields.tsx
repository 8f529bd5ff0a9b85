import { Plus, X } from 'lucide-react';
import { IconButton, LinkButton } from '../../components/controls/button.tsx';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { changeOption, useDraft } from './draft/draft-store.ts';
import { flagOf, type FlagName } from './draft/flags/run-flags.ts';
import type { Problem } from './draft/problems.ts';

const none: string[] = [];
const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

interface OptionProps {
  name: FlagName;
  problems: readonly Problem[];
}

/** The field of one flag, whatever its kind. The flag itself stands beside it, so that the form teaches the command. */
export function OptionField({ name, problems }: OptionProps) {
  const { kind, choices } = flagOf(name);
  if (name === 'restart') return <RestartField problems={problems} />;
  if (kind === 'switch') return <SwitchField name={name} />;
  if (kind === 'list') return <ListField name={name} problems={problems} />;
  return choices === undefined ? <TextField name={name} problems={problems} /> : <ChoiceField name={name} choices={choices} />;
}

const useValues = (name: FlagName): string[] => useDraft(({ draft }) => draft.options[name] ?? none);

function SwitchField({ name }: { name: FlagName }) {
  const isOn = useValues(name).length > 0;
  const label = t(`run:flags.${name}`);
  return (
    <div className="check-line option-switch">
      <Checkbox label={label} state={isOn} data-field={name} onChange={() => changeOption(name, isOn ? [] : ['true'])} />
      <span aria-hidden="true">{label}</span>
      <code aria-hidden="true">--{name}</code>
    </div>
  );
}

function TextField({ name, problems }: OptionProps) {
  const [value = ''] = useValues(name);
  const problem = problems.find(({ field }) => field === name);
  return (
    <div className="field-line">
      <label htmlFor={`run-${name}`}>{t(`run:flags.${name}`)}</label>
      <div>
        <Field
          id={`run-${name}`}
          mono
          value={value}
          placeholder={t('run:example', { example: flagOf(name).example })}
          note={problem === undefined ? <code>--{name}</code> : undefined}
          wrong={problem !== undefined}
          data-field={name}
          aria-describedby={problem === undefined ? undefined : `run-${name}-message`}
          onChange={(event) => changeOption(name, event.target.value === '' ? [] : [event.target.value])}
        />
        {problem !== undefined && <FieldMessage id={`run-${name}-message`}>{problem.sentence}</FieldMessage>}
      </div>
    </div>
  );
}

function ChoiceField({ name, choices }: { name: FlagName; choices: readonly string[] }) {
  const [value = ''] = useValues(name);
  const known = value === '' || choices.includes(value) ? choices : [...choices, value];
  return (
    <div className="field-line">
      <label htmlFor={`run-${name}`}>{t(`run:flags.${name}`)}</label>
      <Select look="tall" id={`run-${name}`} data-field={name} value={value} onChange={(event) => changeOption(name, event.target.value === '' ? [] : [event.target.value])}>
        <option value="">{t('run:notSet')}</option>
        {known.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </Select>
    </div>
  );
}

/** Its rows know no keys of their own: a value is where it stands. */
function ListField({ name, problems }: OptionProps) {
  const values = useValues(name);
  const label = t(`run:flags.${name}`);
  const fieldOf = (index: number): string => (index === 0 ? name : `${name}.${index}`);
  return (
    <div className="field-line" role="group" aria-label={label}>
      <span className="field-line__label" aria-hidden="true">
        {label}
      </span>
      <div>
        {values.map((value, index) => {
          const problem = problems.find(({ field }) => field === fieldOf(index));
          return (
            <div className="option-row" key={index}>
              <Field
                mono
                aria-label={label}
                value={value}
                placeholder={flagOf(name).example}
                wrong={problem !== undefined}
                data-field={fieldOf(index)}
                autoFocus={value === ''}
                aria-describedby={problem === undefined ? undefined : `run-${fieldOf(index)}-message`}
                onChange={(event) => changeOption(name, values.with(index, event.target.value), fieldOf(index))}
              />
              <IconButton label={t('run:removeRow', { what: value === '' ? label : value })} onClick={() => changeOption(name, values.toSpliced(index, 1))}>
                <X {...icon} size={15} />
              </IconButton>
              {problem !== undefined && (
                <div className="form-row__message">
                  <FieldMessage id={`run-${fieldOf(index)}-message`}>{problem.sentence}</FieldMessage>
                </div>
              )}
            </div>
          );
        })}
        <div className="option-add">
          <LinkButton aria-label={`${t('run:addValue', { label })} --${name}`} onClick={() => changeOption(name, [...values, ''])}>
            <Plus {...icon} />
            <code>--{name}</code>
          </LinkButton>
        </div>
      </div>
    </div>
  );
}

const restartChoices = ['no', 'unless-stopped', 'always', 'on-failure'] as const;

function RestartField({ problems }: { problems: readonly Problem[] }) {
  const [value = 'no'] = useValues('restart');
  const [choice = 'no', tries = ''] = value.split(':');
  const problem = problems.find(({ field }) => field === 'restart');
  return (
    <div className="field-line">
      <label htmlFor="run-restart">{t('run:flags.restart')}</label>
      <div>
        <div className="option-row option-row--restart">
          <Select look="tall" id="run-restart" data-field="restart" value={choice} aria-describedby={problem === undefined ? undefined : 'run-restart-message'} onChange={({ target }) => changeOption('restart', target.value === 'no' ? [] : [target.value])}>
            {restartChoices.map((one) => (
              <option key={one} value={one}>
                {t(`run:restart.${one}`)}
              </option>
            ))}
          </Select>
          {choice === 'on-failure' && (
            <Field mono inputMode="numeric" aria-label={t('run:retries')} placeholder={t('run:retries')} value={tries} onChange={({ target }) => changeOption('restart', [target.value.trim() === '' ? choice : `${choice}:${target.value.trim()}`])} />
          )}
        </div>
        {problem !== undefined && <FieldMessage id="run-restart-message">{problem.sentence}</FieldMessage>}
      </div>
    </div>
  );
}
