import { Field, FieldMessage } from '../../components/controls/field.tsx';

export interface TextLineProps {
  id: string;
  label: string;
  value: string;
  placeholder: string;
  /** What is to be changed, or what it means. */
  problem: string | undefined;
  note?: string;
  onValue(value: string): void;
}

/** A field with its name at the left and one sentence below. */
export function TextLine({ id, label, value, placeholder, problem, note, onValue }: TextLineProps) {
  const below = problem === undefined ? (note === undefined ? undefined : `settings-${id}-note`) : `settings-${id}-message`;
  return (
    <div className="field-line">
      <label htmlFor={`settings-${id}`}>{label}</label>
      <div>
        <Field id={`settings-${id}`} mono placeholder={placeholder} value={value} wrong={problem !== undefined} aria-describedby={below} onChange={(event) => onValue(event.target.value)} />
        {problem !== undefined ? (
          <FieldMessage id={`settings-${id}-message`}>{problem}</FieldMessage>
        ) : (
          note !== undefined && (
            <p className="settings__hint" id={`settings-${id}-note`}>
              {note}
            </p>
          )
        )}
      </div>
    </div>
  );
}
