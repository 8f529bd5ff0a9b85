import { useState } from 'react';
import type { Settings } from '../../../contract/ipc.ts';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { Button } from '../../components/controls/button.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { changeSettings } from '../../stores/settings.ts';
import { t } from '../../i18n/i18n.ts';

interface Draft {
  memory: string;
  cpus: string;
  disk: string;
  acceleration: Settings['acceleration'];
  hostAccess: boolean;
  suspendAfter: string;
}

/** What `main` takes where the file says nothing. */
const usualSuspendMinutes = 10;
const mostSuspendMinutes = 7 * 24 * 60;

const draftOf = (settings: Settings): Draft => ({
  memory: String(settings.memoryMiB),
  cpus: String(settings.cpus),
  disk: String(settings.diskGiB),
  acceleration: settings.acceleration,
  hostAccess: settings.hostAccess === true,
  suspendAfter: String(settings.suspendAfterMinutes ?? usualSuspendMinutes),
});

const atLeast = (text: string, least: number): boolean => /^\d+$/.test(text.trim()) && Number(text) >= least;

/** Keyed by the settings as written, so that what another window changes shows here. */
export function ResourcesForm({ settings }: { settings: Settings }) {
  const [draft, setDraft] = useState(() => draftOf(settings));
  const wrong = { memory: !atLeast(draft.memory, 512), cpus: !atLeast(draft.cpus, 1), disk: !atLeast(draft.disk, 4), suspendAfter: !atLeast(draft.suspendAfter, 0) || Number(draft.suspendAfter) > mostSuspendMinutes };
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(settings));
  const isWrong = Object.values(wrong).includes(true);

  function save(): void {
    if (isWrong) return;
    void changeSettings({ memoryMiB: Number(draft.memory), cpus: Number(draft.cpus), diskGiB: Number(draft.disk), acceleration: draft.acceleration, hostAccess: draft.hostAccess, suspendAfterMinutes: Number(draft.suspendAfter) });
  }

  return (
    <form
      aria-label={t('settings:resources')}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <NumberLine id="memory" label={t('settings:memory')} unit={t('settings:memoryUnit')} value={draft.memory} message={wrong.memory ? t('settings:memoryWrong') : undefined} onValue={(memory) => setDraft({ ...draft, memory })} />
      <NumberLine id="cpus" label={t('settings:cpus')} value={draft.cpus} message={wrong.cpus ? t('settings:cpusWrong') : undefined} onValue={(cpus) => setDraft({ ...draft, cpus })} />
      <NumberLine id="disk" label={t('settings:disk')} unit={t('settings:diskUnit')} value={draft.disk} message={wrong.disk ? t('settings:diskWrong') : undefined} onValue={(disk) => setDraft({ ...draft, disk })} />
      <div className="field-line">
        <label htmlFor="settings-acceleration">{t('settings:acceleration.label')}</label>
        <Select
          look="tall"
          id="settings-acceleration"
          value={draft.acceleration}
          onChange={(event) => setDraft({ ...draft, acceleration: event.target.value as Settings['acceleration'] })}
        >
          <option value="auto">{t('settings:acceleration.auto')}</option>
          <option value="none">{t('settings:acceleration.none')}</option>
        </Select>
      </div>
      <div className="settings__switch">
        <Checkbox label={t('settings:hostAccess')} state={draft.hostAccess} aria-describedby="settings-host-access" onChange={(event) => setDraft({ ...draft, hostAccess: event.target.checked })} />
        <span aria-hidden="true">{t('settings:hostAccess')}</span>
        <p id="settings-host-access">{t('settings:hostAccessNote')}</p>
      </div>
      <NumberLine id="suspend-after" label={t('settings:suspendAfter')} unit={t('settings:suspendAfterUnit')} value={draft.suspendAfter} message={wrong.suspendAfter ? t('settings:suspendAfterWrong') : undefined} onValue={(suspendAfter) => setDraft({ ...draft, suspendAfter })} />
      <p className="settings__note">{t('settings:suspendAfterNote')}</p>
      <div className="settings__actions">
        <Button type="submit" kind="primary" disabled={!isChanged || isWrong}>
          {t('settings:save')}
        </Button>
      </div>
    </form>
  );
}

interface NumberLineProps {
  id: string;
  label: string;
  unit?: string;
  value: string;
  message: string | undefined;
  onValue(value: string): void;
}

function NumberLine({ id, label, unit, value, message, onValue }: NumberLineProps) {
  return (
    <div className="field-line">
      <label htmlFor={`settings-${id}`}>{label}</label>
      <div>
        <Field id={`settings-${id}`} inputMode="numeric" value={value} note={unit} wrong={message !== undefined} aria-describedby={message === undefined ? undefined : `settings-${id}-message`} onChange={(event) => onValue(event.target.value)} />
        {message !== undefined && <FieldMessage id={`settings-${id}-message`}>{message}</FieldMessage>}
      </div>
    </div>
  );
}
