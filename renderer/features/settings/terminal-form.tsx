import { useState } from 'react';
import type { Settings } from '../../../contract/ipc.ts';
import { Button } from '../../components/controls/button.tsx';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { Select } from '../../components/controls/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { changeSettings } from '../../stores/settings.ts';

const sizes = Array.from({ length: 11 }, (_, index) => 10 + index);

/** Keyed by the shell as written. */
export function TerminalForm({ settings }: { settings: Settings }) {
  const [shell, setShell] = useState(settings.terminalShell ?? '');
  const isWrong = !/^(?:\/?[\w.+-]+(?:\/[\w.+-]+)*)?$/.test(shell.trim());
  return (
    <form
      aria-label={t('settings:terminal.title')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) void changeSettings({ terminalShell: shell.trim() });
      }}
    >
      <div className="field-line">
        <label htmlFor="settings-font">{t('settings:terminal.fontSize')}</label>
        <Select look="tall" id="settings-font" value={settings.terminalFontSize ?? 13} onChange={(event) => void changeSettings({ terminalFontSize: Number(event.target.value) })}>
          {sizes.map((size) => (
            <option key={size} value={size}>
              {t('settings:terminal.pixels', { size })}
            </option>
          ))}
        </Select>
      </div>
      <div className="field-line">
        <label htmlFor="settings-shell">{t('settings:terminal.shell')}</label>
        <div>
          <Field id="settings-shell" mono placeholder={'bash'} value={shell} wrong={isWrong} aria-describedby={isWrong ? 'settings-shell-message' : 'settings-shell-note'} onChange={(event) => setShell(event.target.value)} />
          {isWrong ? <FieldMessage id="settings-shell-message">{t('settings:terminal.shellWrong')}</FieldMessage> : <p className="settings__hint" id="settings-shell-note">{t('settings:terminal.shellNote')}</p>}
        </div>
      </div>
      {shell.trim() !== (settings.terminalShell ?? '') && (
        <div className="settings__actions">
          <Button type="submit" disabled={isWrong}>
            {t('settings:terminal.save')}
          </Button>
        </div>
      )}
    </form>
  );
}
