import type { ReactNode } from 'react';
import { Checkbox } from '../../components/controls/checkbox.tsx';

/** One thing that is on or off, at once, with what it means below. */
export function Switch({ id, label, note, isOn, onSwitch }: { id: string; label: string; note: ReactNode; isOn: boolean; onSwitch(isOn: boolean): void }) {
  return (
    <div className="settings__switch">
      <Checkbox label={label} state={isOn} aria-describedby={`settings-${id}-note`} onChange={(event) => onSwitch(event.target.checked)} />
      <span aria-hidden="true">{label}</span>
      <div className="settings__hint" id={`settings-${id}-note`}>
        {note}
      </div>
    </div>
  );
}
