import { Moon, Play, Power } from 'lucide-react';
import { useState } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { Segments } from '../../components/controls/segments.tsx';
import type { SegmentsProps } from '../../components/controls/segments.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { sentences } from '../../format/sentence.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { changeSettings, useSettings } from '../../stores/settings.ts';
import { startVm, suspendVm, useVm } from '../../stores/vm.ts';
import { DefaultsSection } from './defaults-section.tsx';
import { NetworkSection } from './network-section.tsx';
import { NoticesSection } from './notices-section.tsx';
import { RegistriesSection } from './registries-section.tsx';
import { ResourcesForm } from './resources-form.tsx';
import { SharedFoldersSection } from './shared-folders-section.tsx';
import { TerminalForm } from './terminal-form.tsx';
import { t } from '../../i18n/i18n.ts';
import './settings.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export default function SettingsPage() {
  const { settings, failure, path, problem } = useSettings();
  return (
    <Page
      label={t('settings:title')}
      bar={
        <>
          <h1>{t('settings:title')}</h1>
          <span className="top-bar__gap" />
          <Button kind="quiet" keys="?" onClick={() => openDialog({ kind: 'keys' })}>
            {t('settings:keys')}
          </Button>
        </>
      }
    >
      {settings === undefined ? (
        <SkeletonRows label={t('settings:reading')} rows={4} />
      ) : (
        <div className="page__scroll">
          <div className="settings">
            {failure !== undefined && (
              <p className="selectable isolated" role="alert">
                {t('settings:failed')}: {sentences(failure.message, failure.hint)}
              </p>
            )}
            {problem !== undefined && (
              <p className="settings__problem selectable isolated" role="alert">
                {problem.line === undefined ? t('settings:file.problem', { message: sentences(problem.message) }) : t('settings:file.problemAt', { line: problem.line, message: sentences(problem.message) })} {t('settings:file.kept')}
              </p>
            )}
            {path !== undefined && <p className="settings__file selectable isolated">{t('settings:file.path', { path })}</p>}
            <section aria-label={t('settings:appearance')}>
              <h2>{t('settings:appearance')}</h2>
              <Choice
                label={t('settings:theme.label')}
                value={settings.theme}
                onPick={(theme) => void changeSettings({ theme })}
                segments={[
                  { value: 'system', label: t('settings:theme.system') },
                  { value: 'dark', label: t('settings:theme.dark') },
                  { value: 'light', label: t('settings:theme.light') },
                ]}
              />
              <Choice
                label={t('settings:density.label')}
                value={settings.density ?? 'comfortable'}
                onPick={(density) => void changeSettings({ density })}
                segments={[
                  { value: 'comfortable', label: t('settings:density.comfortable') },
                  { value: 'compact', label: t('settings:density.compact') },
                ]}
              />
              <Choice
                label={t('settings:language.label')}
                value={settings.language ?? 'system'}
                onPick={(language) => void changeSettings({ language })}
                segments={[
                  { value: 'system', label: t('settings:language.system') },
                  { value: 'en', label: t('settings:language.en') },
                  { value: 'de', label: t('settings:language.de') },
                ]}
              />
            </section>
            <NoticesSection settings={settings} />
            <section aria-label={t('settings:terminal.title')}>
              <h2>{t('settings:terminal.title')}</h2>
              <TerminalForm key={settings.terminalShell ?? ''} settings={settings} />
            </section>
            <SharedFoldersSection settings={settings} />
            <RegistriesSection settings={settings} />
            <NetworkSection settings={settings} />
            <DefaultsSection settings={settings} />
            <section aria-label={t('settings:resources')}>
              <h2>{t('settings:resources')}</h2>
              <p className="settings__note">{t('settings:resourcesNote')}</p>
              <ResourcesForm key={JSON.stringify(settings)} settings={settings} />
            </section>
            <EngineSection />
          </div>
        </div>
      )}
    </Page>
  );
}

function EngineSection() {
  const { vm, info, failure } = useVm();
  const facts = useSettings((state) => state.facts);
  const [isCopied, setCopied] = useState(false);
  const host = `docker --host ${facts?.dockerHost ?? ''} ps`;
  const rows: [string, string | undefined][] = [
    [t('settings:facts.version'), facts?.version],
    [t('settings:facts.engine'), info?.ServerVersion],
    [t('settings:facts.system'), info && `${info.OperatingSystem}, ${info.Architecture}`],
    [t('settings:facts.kernel'), info?.KernelVersion],
    [t('settings:facts.driver'), info?.Driver],
    [t('settings:facts.accelerator'), vm?.status === 'running' ? t(`settings:accelerators.${vm.accelerator}`) : undefined],
    [t('settings:facts.home'), facts && t(`settings:shells.${facts.shell}`)],
  ];
  return (
    <section aria-label={t('settings:engine')}>
      <h2>{t('settings:engine')}</h2>
      <dl className="facts">
        {rows.map(([name, value]) =>
          value === undefined || value === '' ? null : (
            <div key={name} className="facts__pair">
              <dt>{name}</dt>
              <dd className="selectable isolated">{value}</dd>
            </div>
          ),
        )}
        {facts !== undefined && (
          <div className="facts__pair">
            <dt>{t('settings:facts.socket')}</dt>
            <dd>
              <code className="selectable isolated">{host}</code>{' '}
              <LinkButton className="settings__copy" onClick={() => void navigator.clipboard.writeText(host).then(() => setCopied(true))}>
                {isCopied ? t('settings:copied') : t('settings:copy')}
              </LinkButton>
            </dd>
          </div>
        )}
      </dl>
      <div className="settings__actions">
        {failure !== undefined && (
          <p className="selectable isolated" role="alert">
            {sentences(failure.message, failure.hint)}
          </p>
        )}
        {vm?.status === 'running' && vm.accelerator !== 'external' && (
          <>
            <Button icon={<Moon {...icon} />} onClick={() => void suspendVm()}>
              {t('settings:suspend')}
            </Button>
            <Button icon={<Power {...icon} />} onClick={() => openDialog({ kind: 'stop-engine' })}>
              {t('settings:stop')}
            </Button>
          </>
        )}
        {(vm?.status === 'stopped' || vm?.status === 'failed') && (
          <Button icon={<Play {...icon} />} onClick={() => void startVm()}>
            {t('settings:start')}
          </Button>
        )}
      </div>
    </section>
  );
}

/** Segments that stand beside their name. */
function Choice<T extends string>(props: SegmentsProps<T>) {
  return (
    <div className="field-line">
      <span className="field-line__label" aria-hidden="true">
        {props.label}
      </span>
      <Segments {...props} />
    </div>
  );
}
