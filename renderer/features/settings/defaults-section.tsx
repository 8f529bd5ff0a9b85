import { useState } from 'react';
import type { Settings } from '../../../contract/ipc.ts';
import { Button } from '../../components/controls/button.tsx';
import { Select } from '../../components/controls/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { changeSettings } from '../../stores/settings.ts';
import { LinesForm } from './lines-form.tsx';
import { logFilesProblem, logSizeProblem, poolProblem } from './network-problems.ts';
import { TextLine } from './text-line.tsx';

/** What holds for containers and networks that say nothing of it: what other engines read from their daemon.json. */
export function DefaultsSection({ settings }: { settings: Settings }) {
  const { addressPools = [], logDriver = 'json-file', logMaxSize = '', logMaxFiles = 0 } = settings;
  return (
    <section aria-label={t('settings:defaults.title')}>
      <h2>{t('settings:defaults.title')}</h2>
      <p className="settings__note">{t('settings:defaults.note')}</p>
      <LogForm key={[logDriver, logMaxSize, logMaxFiles].join(' ')} settings={settings} />
      <LinesForm
        key={addressPools.join()}
        id="pools"
        label={t('settings:defaults.pools')}
        note={t('settings:defaults.poolsNote')}
        placeholder={'base=10.10.0.0/16,size=24'}
        lines={addressPools}
        problemOf={poolProblem}
        onSave={(lines) => void changeSettings({ addressPools: lines })}
      />
    </section>
  );
}

/** Keyed by what is written. */
function LogForm({ settings }: { settings: Settings }) {
  const before = { driver: settings.logDriver ?? 'json-file', size: settings.logMaxSize ?? '', files: settings.logMaxFiles === undefined || settings.logMaxFiles === 0 ? '' : String(settings.logMaxFiles) };
  const [draft, setDraft] = useState(before);
  const problems = { size: logSizeProblem(draft.size.trim()), files: logFilesProblem(draft.files.trim()) };
  const hasFiles = draft.driver !== 'none';
  const isWrong = hasFiles && (problems.size !== undefined || problems.files !== undefined);
  return (
    <form
      aria-label={t('settings:defaults.logs')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) void changeSettings({ logDriver: draft.driver, ...(hasFiles ? { logMaxSize: draft.size.trim(), logMaxFiles: Number(draft.files) } : {}) });
      }}
    >
      <div className="field-line">
        <label htmlFor="settings-log-driver">{t('settings:defaults.driver')}</label>
        <div>
          <Select look="tall" id="settings-log-driver" aria-describedby="settings-log-driver-note" value={draft.driver} onChange={(event) => setDraft({ ...draft, driver: event.target.value as typeof draft.driver })}>
            {(['json-file', 'local', 'none'] as const).map((driver) => (
              <option key={driver} value={driver}>
                {driver}
              </option>
            ))}
          </Select>
          <p className="settings__hint" id="settings-log-driver-note">
            {t(`settings:defaults.driverNotes.${draft.driver}`)}
          </p>
        </div>
      </div>
      {hasFiles && (
        <>
          <TextLine id="log-size" label={t('settings:defaults.size')} placeholder={draft.driver === 'local' ? '20m' : '10m'} value={draft.size} problem={problems.size} note={t(`settings:defaults.sizeNotes.${draft.driver as 'json-file' | 'local'}`)} onValue={(size) => setDraft({ ...draft, size })} />
          <TextLine id="log-files" label={t('settings:defaults.files')} placeholder={draft.driver === 'local' ? '5' : '1'} value={draft.files} problem={problems.files} onValue={(files) => setDraft({ ...draft, files })} />
        </>
      )}
      {JSON.stringify(draft) !== JSON.stringify(before) && (
        <div className="settings__actions">
          <Button type="submit" disabled={isWrong}>
            {t('settings:defaults.save')}
          </Button>
        </div>
      )}
    </form>
  );
}
