import { TriangleAlert } from 'lucide-react';
import type { ComponentProps, ReactNode, Ref } from 'react';
import './controls.css';

export interface FieldProps extends ComponentProps<'input'> {
  mono?: boolean;
  lead?: ReactNode;
  /** Quiet words or a control inside the right edge. */
  note?: ReactNode;
  /** A sentence says elsewhere what to change; the field only shows which one it is. */
  wrong?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function Field({ mono = false, lead, note, wrong = false, className, ...rest }: FieldProps) {
  const classes = ['field', mono && 'field--mono', lead !== undefined && 'field--lead', wrong && 'field--wrong', className].filter(Boolean).join(' ');
  return (
    <span className={classes}>
      {lead !== undefined && <span className="field__lead">{lead}</span>}
      <input type="text" autoComplete="off" autoCorrect="off" autoCapitalize="off" spellCheck={false} aria-invalid={wrong || undefined} {...rest} />
      {wrong && note === undefined && (
        <span className="field__note">
          <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
        </span>
      )}
      {note !== undefined && <span className="field__note">{note}</span>}
    </span>
  );
}

/** The sentence below a field that is to be changed. */
export function FieldMessage({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p className="field-message" id={id}>
      <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
