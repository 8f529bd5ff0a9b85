import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { FieldMessage } from '../../components/controls/field.tsx';
import { t } from '../../i18n/i18n.ts';

export interface LinesFormProps {
  id: string;
  label: string;
  note: string;
  placeholder: string;
  lines: readonly string[];
  /** What is wrong with one entry, as a sentence. */
  problemOf(line: string): string | undefined;
  onSave(lines: string[]): void;
}

/** A list, one entry a line: read at a glance, pasted at once. Keyed by what is written, so that an edit in the file shows. */
export function LinesForm({ id, label, note, placeholder, lines, problemOf, onSave }: LinesFormProps) {
  const [text, setText] = useState(lines.join('\n'));
  const next = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const problem = next.map(problemOf).find((sentence) => sentence !== undefined);
  const isChanged = next.join('\n') !== lines.join('\n');
  return (
    <form
      aria-label={label}
      className="settings__lines"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined) onSave(next);
      }}
    >
      <label htmlFor={`settings-${id}`}>{label}</label>
      <p id={`settings-${id}-note`}>{note}</p>
      <textarea
        id={`settings-${id}`}
        rows={Math.max(2, Math.min(8, next.length + 1))}
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        value={text}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={problem === undefined ? `settings-${id}-note` : `settings-${id}-message`}
        onChange={(event) => setText(event.target.value)}
      />
      {problem !== undefined && <FieldMessage id={`settings-${id}-message`}>{problem}</FieldMessage>}
      {isChanged && (
        <div className="settings__actions">
          <Button type="submit" disabled={problem !== undefined}>
            {t('settings:saveLines', { what: label })}
          </Button>
        </div>
      )}
    </form>
  );
}
