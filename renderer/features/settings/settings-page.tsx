import { Play, Power } from 'lucide-react';
import { useState } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { Segments } from '../../components/controls/segments.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { sentences } from '../../format/sentence.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { changeSettings, useSettings } from '../../stores/settings.ts';
import { startVm, useVm } from '../../stores/vm.ts';
import { ResourcesForm } from './resources-form.tsx';
import { text } from './text.ts';
import './settings.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function SettingsPage() {
  const { settings, failure } = useSettings();
  return (
    <Page
      label={text.title}
      bar={
        <>
          <h1>{text.title}</h1>
          <span className="top-bar__gap" />
          <Button kind="quiet" keys="?" onClick={() => openDialog({ kind: 'keys' })}>
            {text.keys}
          </Button>
        </>
      }
    >
      {settings === undefined ? (
        <SkeletonRows label={text.reading} rows={4} />
      ) : (
        <div className="page__scroll">
          <div className="settings">
            {failure !== undefined && (
              <p className="selectable isolated" role="alert">
                {text.failed}: {sentences(failure.message, failure.hint)}
              </p>
            )}
            <section aria-label={text.appearance}>
              <h2>{text.appearance}</h2>
              <Segments
                label={text.theme.label}
                value={settings.theme}
                onPick={(theme) => void changeSettings({ theme })}
                segments={[
                  { value: 'system', label: text.theme.system },
                  { value: 'dark', label: text.theme.dark },
                  { value: 'light', label: text.theme.light },
                ]}
              />
            </section>
            <section aria-label={text.resources}>
              <h2>{text.resources}</h2>
              <p className="settings__note">{text.resourcesNote}</p>
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
  const { vm, info } = useVm();
  const facts = useSettings((state) => state.facts);
  const [isCopied, setCopied] = useState(false);
  const host = `docker --host ${facts?.dockerHost ?? ''} ps`;
  const rows: [string, string | undefined][] = [
    [text.facts.version, facts?.version],
    [text.facts.engine, info?.ServerVersion],
    [text.facts.system, info && `${info.OperatingSystem}, ${info.Architecture}`],
    [text.facts.kernel, info?.KernelVersion],
    [text.facts.driver, info?.Driver],
    [text.facts.accelerator, vm?.status === 'running' ? text.accelerators[vm.accelerator] : undefined],
    [text.facts.home, facts && text.shells[facts.shell]],
  ];
  return (
    <section aria-label={text.engine}>
      <h2>{text.engine}</h2>
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
            <dt>{text.facts.socket}</dt>
            <dd>
              <code className="selectable isolated">{host}</code>{' '}
              <LinkButton className="settings__copy" onClick={() => void navigator.clipboard.writeText(host).then(() => setCopied(true))}>
                {isCopied ? text.copied : text.copy}
              </LinkButton>
            </dd>
          </div>
        )}
      </dl>
      <div className="settings__actions">
        {vm?.status === 'running' && vm.accelerator !== 'external' && (
          <Button icon={<Power {...icon} />} onClick={() => openDialog({ kind: 'stop-engine' })}>
            {text.stop}
          </Button>
        )}
        {(vm?.status === 'stopped' || vm?.status === 'failed') && (
          <Button icon={<Play {...icon} />} onClick={() => void startVm()}>
            {text.start}
          </Button>
        )}
      </div>
    </section>
  );
}
