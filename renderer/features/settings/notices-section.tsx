import { Bell } from 'lucide-react';
import type { Settings } from '../../../contract/ipc.ts';
import { Button } from '../../components/controls/button.tsx';
import { t } from '../../i18n/i18n.ts';
import { changeSettings, useSettings } from '../../stores/settings.ts';
import { askForNotices, useNotices } from '../../stores/window/notices.ts';
import { Switch } from './switch.tsx';

/** What goes on while nobody looks at the window: notifications, and in Electron whether it needs a window at all. */
export function NoticesSection({ settings }: { settings: Settings }) {
  const permission = useNotices((state) => state.permission);
  const isElectron = useSettings(({ facts }) => facts?.shell === 'electron');
  const isOn = settings.notifications !== false;
  return (
    <section aria-label={t('settings:notices.title')}>
      <h2>{t('settings:notices.title')}</h2>
      <Switch id="notices" label={t('settings:notices.label')} note={<p>{t('settings:notices.note')}</p>} isOn={isOn} onSwitch={(notifications) => void changeSettings({ notifications })} />
      {isOn && permission === 'ask' && (
        <div className="settings__actions">
          <Button icon={<Bell size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => void askForNotices()}>
            {t('settings:notices.ask')}
          </Button>
        </div>
      )}
      {isOn && (permission === 'refused' || permission === 'none') && <p className="settings__problem settings__problem--below">{t(`settings:notices.${permission}`)}</p>}
      {isElectron && <Switch id="tray" label={t('settings:notices.tray')} note={<p>{t('settings:notices.trayNote')}</p>} isOn={settings.closeToTray === true} onSwitch={(closeToTray) => void changeSettings({ closeToTray })} />}
    </section>
  );
}
