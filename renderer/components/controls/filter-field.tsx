import { Search } from 'lucide-react';
import { type ComponentProps, type ReactNode, type Ref } from 'react';
import { KeyCap } from './key-cap.tsx';

export interface FilterFieldProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  label: string;
  value: string;
  onValue(value: string): void;
  /** Escape in an empty field: leaves it. */
  onLeave?(): void;
  note?: ReactNode;
  keys?: string;
  ref?: Ref<HTMLInputElement>;
}

/** Escape empties it first and leaves it second. */
export function FilterField({ label, value, onValue, onLeave, note, keys, className, onKeyDown, ...rest }: FilterFieldProps) {
  return (
    <span className={['filter-field', className].filter(Boolean).join(' ')}>
      <Search size={14} strokeWidth={1.75} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            if (value === '') onLeave?.();
            else onValue('');
            event.preventDefault();
            return;
          }
          onKeyDown?.(event);
        }}
        {...rest}
      />
      {note !== undefined ? <span className="filter-field__note numbers">{note}</span> : keys !== undefined && value === '' && <KeyCap chord={keys} />}
    </span>
  );
}
