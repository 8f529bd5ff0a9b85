import { useState, type ReactNode } from 'react';
import type { ContainerInspect } from '../../../contract/engine-api/container.ts';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { agoText, formatAge, sinceOfTime } from '../../format/age.ts';
import { formatMemory } from '../../format/bytes.ts';
import type { ContainerView } from '../../format/engine/container.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { looksSecret } from '../../format/secrets.ts';
import { sentences } from '../../format/sentence.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { useClock } from '../../stores/window/clock.ts';
import { PortsTable } from './ports-table.tsx';
import { HealthSection } from './sections/health-section.tsx';
import { MissedSection, useMissed } from './sections/missed-section.tsx';
import { NetworksSection } from './sections/networks-section.tsx';
import { MountsTable } from './mounts-table.tsx';
import { useInspect } from './use-inspect.ts';
import { t } from '../../i18n/i18n.ts';
import { formatDecimal, formatMoment } from '../../i18n/intl.ts';

/** What the engine knows of the container, in words. */
export function Overview({ view }: { view: ContainerView }) {
  const { inspect, failure, again } = useInspect(view);
  const missed = useMissed(view.id);
  if (inspect === undefined) {
    if (failure === undefined) return <SkeletonRows label={t('container-details:reading')} rows={6} />;
    return (
      <Notice title={t('container-details:failed')} action={<Button onClick={again}>{t('container-details:again')}</Button>}>
        <p>
          {sentences(failure.message, failure.hint)}
        </p>
      </Notice>
    );
  }
  return (
    <div className="page__scroll" tabIndex={0} role="region" aria-label={t('container-details:tabs.overview')}>
      <div className="overview">
        {missed.length > 0 && (
          <Section title={t('home:activity.missed')} isWide>
            <MissedSection happenings={missed} />
          </Section>
        )}
        <Section title={t('container-details:sections.state')}>
          <StateFacts view={view} inspect={inspect} />
        </Section>
        <Section title={t('container-details:sections.process')}>
          <ProcessFacts inspect={inspect} />
        </Section>
        <Section title={t('container-details:sections.ports')}>
          <PortsTable view={view} />
        </Section>
        <Section title={t('container-details:sections.limits')}>
          <LimitFacts inspect={inspect} />
        </Section>
        {(inspect.State.Health !== undefined || (inspect.Config.Healthcheck?.Test?.length ?? 0) > 0) && (
          <Section title={t('container-details:sections.health')} isWide>
            <HealthSection inspect={inspect} />
          </Section>
        )}
        <Section title={t('container-details:sections.networks')} isWide>
          <NetworksSection view={view} inspect={inspect} />
        </Section>
        <Section title={t('container-details:sections.mounts')} isWide>
          <MountsTable mounts={inspect.Mounts} />
        </Section>
        <Section title={t('container-details:sections.environment')} isWide>
          <Environment entries={inspect.Config.Env ?? []} />
        </Section>
        <Section title={t('container-details:sections.labels')} isWide>
          <Labels labels={inspect.Config.Labels ?? {}} />
        </Section>
      </div>
    </div>
  );
}

function Section({ title, isWide = false, children }: { title: string; isWide?: boolean; children: ReactNode }) {
  return (
    <section className={isWide ? 'overview__wide' : undefined} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="selectable isolated">{children}</dd>
    </>
  );
}

function StateFacts({ view, inspect }: { view: ContainerView; inspect: ContainerInspect }) {
  const now = useClock((state) => state.now);
  const { State: state } = inspect;
  const started = sinceOfTime(state.StartedAt);
  const ended = state.Running ? undefined : sinceOfTime(state.FinishedAt);
  return (
    <dl className="facts">
      <Fact name={t('container-details:facts.state')}>
        {shownState(view, undefined).word}
        {state.OOMKilled && <span className="overview__alarm"> {t('container-details:values.outOfMemory')}</span>}
      </Fact>
      {state.Error !== '' && (
        <Fact name={t('container-details:facts.error')}>
          <span className="overview__alarm">{state.Error}</span>
        </Fact>
      )}
      {state.Health !== undefined && state.Health.Status !== 'none' && (
        <Fact name={t('container-details:facts.health')}>
          {state.Health.Status}
          {state.Health.FailingStreak > 0 && <span className="overview__alarm--sig"> {t('container-details:values.healthFailing', { streak: state.Health.FailingStreak })}</span>}
        </Fact>
      )}
      <Fact name={t('container-details:facts.started')}>{started === undefined ? t('container-details:values.never') : <Moment at={started.at} age={formatAge(started, now)} />}</Fact>
      {ended !== undefined && (
        <Fact name={t('container-details:facts.ended')}>
          <Moment at={ended.at} age={formatAge(ended, now)} />
        </Fact>
      )}
      {inspect.RestartCount > 0 && <Fact name={t('container-details:facts.restarts')}>{inspect.RestartCount}</Fact>}
      <Fact name={t('container-details:facts.image')}>
        <code>{inspect.Config.Image}</code>
      </Fact>
      <Fact name={t('container-details:facts.id')}>
        <code>{inspect.Id.slice(0, 12)}</code>{' '}
        <LinkButton onClick={() => void navigator.clipboard.writeText(inspect.Id)}>{t('container-details:copyId')}</LinkButton>
      </Fact>
    </dl>
  );
}

function Moment({ at, age }: { at: number; age: string }) {
  return (
    <time className="numbers" dateTime={new Date(at).toISOString()}>
      {agoText(age)}, {formatMoment(at)}
    </time>
  );
}

function ProcessFacts({ inspect }: { inspect: ContainerInspect }) {
  const { Config: config } = inspect;
  const [network] = Object.entries(inspect.NetworkSettings.Networks ?? {});
  return (
    <dl className="facts">
      <Fact name={t('container-details:facts.command')}>
        <code>{commandText([inspect.Path, ...inspect.Args])}</code>
      </Fact>
      <Fact name={t('container-details:facts.workdir')}>
        <code>{config.WorkingDir || '/'}</code>
      </Fact>
      <Fact name={t('container-details:facts.user')}>{config.User || t('container-details:values.root')}</Fact>
      {config.Tty === true && <Fact name={t('container-details:facts.tty')}>{t('container-details:values.tty')}</Fact>}
      <Fact name={t('container-details:facts.hostname')}>
        <code>{config.Hostname}</code>
      </Fact>
      {network?.[1].IPAddress !== undefined && network[1].IPAddress !== '' && (
        <Fact name={t('container-details:facts.address')}>
          <code>{network[1].IPAddress}</code> {network[0]}
        </Fact>
      )}
    </dl>
  );
}

function LimitFacts({ inspect }: { inspect: ContainerInspect }) {
  const { HostConfig: host } = inspect;
  return (
    <>
    <dl className="facts">
      <Fact name={t('container-details:facts.memory')}>{host.Memory ? formatMemory(host.Memory) : t('container-details:values.noLimit')}</Fact>
      <Fact name={t('container-details:facts.cpus')}>{host.NanoCpus ? formatDecimal(host.NanoCpus / 1e9, 2) : t('container-details:values.noLimit')}</Fact>
      <Fact name={t('container-details:facts.restart')}>{restartPolicy(host.RestartPolicy?.Name, host.RestartPolicy?.MaximumRetryCount ?? 0)}</Fact>
      <Fact name={t('stats:processes')}>{host.PidsLimit != null && host.PidsLimit > 0 ? host.PidsLimit : t('container-details:values.noLimit')}</Fact>
      {host.AutoRemove === true && <Fact name={t('container-details:facts.autoRemove')}>{t('container-details:values.yes')}</Fact>}
    </dl>
    <p className="overview__change">
      <LinkButton onClick={() => openDialog({ kind: 'container-action', action: 'update', id: inspect.Id })}>{t('container-details:update.open')}</LinkButton>
    </p>
    </>
  );
}

function restartPolicy(name: string | undefined, count: number): string {
  switch (name) {
    case 'always':
    case 'unless-stopped':
      return t(`container-details:restartPolicy.${name}`);
    case 'on-failure':
      return count > 0 ? t('container-details:restartPolicy.on-failure-at-most', { count }) : t('container-details:restartPolicy.on-failure');
    default:
      return t('container-details:restartPolicy.no');
  }
}

/** Compose's own first: they tell where the container comes from. */
function Labels({ labels }: { labels: Readonly<Record<string, string>> }) {
  const entries = Object.entries(labels).sort(([a], [b]) => Number(b.startsWith('com.docker.compose.')) - Number(a.startsWith('com.docker.compose.')) || a.localeCompare(b));
  if (entries.length === 0) return <p className="overview__hint">{t('container-details:noLabels')}</p>;
  return (
    <ul className="env">
      {entries.map(([name, value]) => (
        <li key={name}>
          <code className="selectable isolated">{name}</code>
          <code className="selectable isolated">{value}</code>
        </li>
      ))}
    </ul>
  );
}

/** Names are shown, values of likely secrets only when asked for. */
function Environment({ entries }: { entries: readonly string[] }) {
  const [shown, setShown] = useState<Record<string, boolean>>({});
  if (entries.length === 0) return <p className="overview__hint">{t('container-details:values.imageDefault')}</p>;
  return (
    <ul className="env">
      {entries.map((entry) => {
        const at = entry.indexOf('=');
        const name = at < 0 ? entry : entry.slice(0, at);
        const value = at < 0 ? '' : entry.slice(at + 1);
        const isSecret = looksSecret(name) && value !== '';
        return (
          <li key={entry}>
            <code className="selectable isolated">{name}</code>
            {isSecret && shown[name] !== true ? <span className="env__hidden">••••••••</span> : <code className="selectable isolated">{value}</code>}
            {isSecret && (
              <LinkButton aria-label={shown[name] === true ? t('container-details:hideValue', { name }) : t('container-details:showValue', { name })} onClick={() => setShown({ ...shown, [name]: shown[name] !== true })}>
                {shown[name] === true ? t('container-details:hide') : t('container-details:show')}
              </LinkButton>
            )}
          </li>
        );
      })}
    </ul>
  );
}
