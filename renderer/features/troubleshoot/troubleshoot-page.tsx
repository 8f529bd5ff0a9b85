import { FileDown, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { Page } from '../../components/layout/page.tsx';
import { StaleNote } from '../../components/layout/states.tsx';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { check, saveDiagnostics, useTroubleshoot } from '../../stores/troubleshoot.ts';
import { useVm } from '../../stores/vm.ts';
import { Checks } from './checks.tsx';
import { DataSection } from './data-section.tsx';
import { Phases } from './phases.tsx';
import { Starts } from './starts.tsx';
import { Resets } from './resets.tsx';
import './troubleshoot.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** How the start went, what stands in the way now, and what to take along when asking for help. */
export default function TroubleshootPage() {
  const { checks, checkedAt, isChecking, isSaving, failure } = useTroubleshoot();
  const status = useVm(({ vm }) => vm?.status);

  useEffect(() => {
    void check();
  }, [status]);

  return (
    <Page
      label={t('troubleshoot:title')}
      bar={
        <>
          <h1>{t('troubleshoot:title')}</h1>
          <StaleNote at={checkedAt} />
          <span className="top-bar__gap" />
          <Button icon={isChecking ? <StateGlyph shape="working" /> : <RotateCw {...icon} />} aria-disabled={isChecking} onClick={() => void check()}>
            {t('troubleshoot:again')}
          </Button>
        </>
      }
    >
      <div className="page__scroll" data-region="list">
        <div className="troubleshoot">
          {failure !== undefined && (
            <p className="selectable isolated" role="alert">
              {sentences(failure.message, failure.hint)}
            </p>
          )}
          <Checks checks={checks} />
          <Phases />
          <Starts />
          <section aria-label={t('troubleshoot:bundle.title')}>
            <h2>{t('troubleshoot:bundle.title')}</h2>
            <p>{t('troubleshoot:bundle.holds')}</p>
            <p>{t('troubleshoot:bundle.without')}</p>
            <Button icon={isSaving ? <StateGlyph shape="working" /> : <FileDown {...icon} />} disabled={isSaving} onClick={saveDiagnostics}>
              {t('troubleshoot:bundle.save')}
            </Button>
          </section>
          <DataSection />
          <Resets />
        </div>
      </div>
    </Page>
  );
}
