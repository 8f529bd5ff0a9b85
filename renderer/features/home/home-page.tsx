import { Plus } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { StaleNote } from '../../components/layout/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { useActivity } from '../../stores/activity.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { readDiskGlance } from '../../stores/disk-glance.ts';
import { useIsStale } from '../../stores/stale.ts';
import { go } from '../../stores/window/navigation.ts';
import { useRunChord } from '../../stores/window/run-keys.ts';
import { ActivitySection } from './activity-section.tsx';
import { AttentionSection } from './attention-section.tsx';
import { CommandsSection } from './commands-section.tsx';
import { DiskSection } from './disk-section.tsx';
import { EngineSection } from './engine-section.tsx';
import { FirstSteps } from './first-steps.tsx';
import { RunningSection } from './running-section.tsx';
import './home.css';

/** The whole at a glance: what needs a person first, then what runs, then what it takes. */
export default function HomePage() {
  const runChord = useRunChord();
  const isStale = useIsStale();
  const { status, readAt } = useContainers();
  const known = useActivity((state) => state.known);

  // What takes space changes with what happens, and is asked for only while this page is looked at.
  useEffect(() => {
    if (!isStale) void readDiskGlance();
  }, [isStale, known]);

  return (
    <Page
      label={t('home:title')}
      bar={
        <>
          <h1>{t('home:title')}</h1>
          <StaleNote at={isStale ? readAt : undefined} />
          <span className="top-bar__gap" />
          <Button kind="primary" keys={runChord} icon={<Plus size={15} strokeWidth={1.9} aria-hidden="true" />} onClick={() => go({ page: 'run', image: '' })}>
            {t('home:run')}
          </Button>
        </>
      }
    >
      {status === 'unread' ? (
        <SkeletonRows label={t('home:reading')} rows={6} />
      ) : (
        <div className="page__scroll" data-region="list">
          <div className="home">
            <div className="home__main">
              <AttentionSection />
              <RunningSection />
              <DiskSection />
              <ActivitySection />
            </div>
            <div className="home__side">
              <EngineSection />
              <FirstSteps />
              <CommandsSection />
            </div>
          </div>
        </div>
      )}
    </Page>
  );
}
