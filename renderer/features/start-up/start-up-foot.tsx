import type { ReactNode } from 'react';
import { Mark } from '../../components/drawing/mark.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { useSettings } from '../../stores/settings.ts';
import { t } from '../../i18n/i18n.ts';

/** What is being started, in figures. */
export function StartUpFoot({ children }: { children?: ReactNode }) {
  const { facts, settings } = useSettings();
  return (
    <footer className="start-up__foot">
      <strong>
        <Mark size={17} />
        {t('start-up:foot.name', { version: facts?.version ?? '' })}
      </strong>
      {settings !== undefined && (
        <>
          <span>{t('start-up:foot.vm')}</span>
          <span>{t('start-up:foot.cpus', { count: settings.cpus })}</span>
          <span>{t('start-up:foot.memory', { size: formatMemory(settings.memoryMiB * 2 ** 20) })}</span>
          <span>{t('start-up:foot.disk', { size: settings.diskGiB })}</span>
        </>
      )}
      <span className="start-up__gap" />
      {children}
    </footer>
  );
}
