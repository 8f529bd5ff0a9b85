import { FolderPlus } from 'lucide-react';
import type { Settings } from '../../../contract/ipc.ts';
import { Button } from '../../components/controls/button.tsx';
import { isAbsolutePath } from '../../format/shared-folders.ts';
import { t } from '../../i18n/i18n.ts';
import { addSharedFolder } from '../../stores/own-folder.ts';
import { changeSettings } from '../../stores/settings.ts';
import { LinesForm } from './lines-form.tsx';

/** Folders of this computer that containers may be given. */
export function SharedFoldersSection({ settings }: { settings: Settings }) {
  const { sharedFolders = [] } = settings;
  return (
    <section aria-label={t('settings:folders.title')}>
      <h2>{t('settings:folders.title')}</h2>
      <LinesForm
        key={`folders ${sharedFolders.join()}`}
        id="folders"
        label={t('settings:folders.label')}
        note={t('settings:folders.note')}
        placeholder={t('settings:folders.none')}
        lines={sharedFolders}
        problemOf={(line) => (isAbsolutePath(line) ? undefined : t('settings:folders.wrong', { entry: line }))}
        onSave={(lines) => void changeSettings({ sharedFolders: lines })}
      />
      <div className="settings__actions">
        <Button icon={<FolderPlus size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => void addSharedFolder()}>
          {t('settings:folders.add')}
        </Button>
      </div>
    </section>
  );
}
