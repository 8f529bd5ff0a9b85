import { useId, useState, type KeyboardEvent } from 'react';
import { Field, type FieldProps } from './field.tsx';

export interface Suggestion {
  value: string;
  note: string;
}

export interface SuggestFieldProps extends Omit<FieldProps, 'value' | 'onChange' | 'list'> {
  value: string;
  suggestions: readonly Suggestion[];
  onValue(value: string): void;
  listLabel: string;
}

/** A field that proposes what is known while any other text stays possible. */
export function SuggestField({ value, suggestions, onValue, listLabel, ...rest }: SuggestFieldProps) {
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const id = useId();
  const shown = isOpen ? suggestions.slice(0, 8) : [];

  function pick(suggestion: Suggestion): void {
    onValue(suggestion.value);
    setOpen(false);
    setAt(-1);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const current = shown[at];
    if (step !== 0) {
      setOpen(true);
      setAt((before) => (suggestions.length === 0 ? -1 : (before + step + Math.min(8, suggestions.length)) % Math.min(8, suggestions.length)));
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && current !== undefined) pick(current);
    else if (event.key === 'Escape' && shown.length > 0) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="suggest">
      <Field
        {...rest}
        role="combobox"
        aria-expanded={shown.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 && shown.length > 0 ? `${id}-${at}` : undefined}
        value={value}
        onChange={(event) => {
          onValue(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onFocus={() => setOpen(value === '')}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {shown.length > 0 && (
        <ul className="suggest__list" id={`${id}-list`} role="listbox" aria-label={listLabel}>
          {shown.map((suggestion, index) => (
            // Pressing, not clicking: the field must not lose the focus first.
            <li
              key={suggestion.value}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              onMouseDown={(event) => {
                event.preventDefault();
                pick(suggestion);
              }}
            >
              <code className="cut isolated">{suggestion.value}</code>
              <small>{suggestion.note}</small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
