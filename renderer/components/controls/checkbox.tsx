import { Check, Minus } from 'lucide-react';
import type { ComponentProps } from 'react';

export interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'checked'> {
  label: string;
  state: boolean | 'mixed';
}

export function Checkbox({ label, state, ...rest }: CheckboxProps) {
  return (
    <span className="checkbox">
      <input
        type="checkbox"
        aria-label={label}
        checked={state === true}
        ref={(element) => {
          if (element !== null) element.indeterminate = state === 'mixed';
        }}
        {...rest}
      />
      {state === true && <Check aria-hidden="true" />}
      {state === 'mixed' && <Minus aria-hidden="true" />}
    </span>
  );
}
