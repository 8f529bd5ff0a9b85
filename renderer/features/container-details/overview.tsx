import { useState, type ReactNode } from 'react';
import type { ContainerInspect } from '../../../contract/engine-api/container.ts';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { formatAge, sinceOfTime } from '../../format/age.ts';
import { formatMemory } from '../../format/bytes.ts';
import type { ContainerView } from '../../format/engine/container.ts';
import { commandText } from '../../format/engine/docker-command.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { looksSecret } from '../../format/secrets.ts';
import { sentences } from '../../format/sentence.ts';
import { useClock } from '../../stores/window/clock.ts';
import { PortsTable } from './ports-table.tsx';
import { MountsTable } from './mounts-table.tsx';
import { useInspect } from './use-inspect.ts';
import { text } from './text.ts';

/** What the engine knows of the container, in words. */
export function Overview({ view }: { view: ContainerView }) {
  const { inspect, failure, again } = useInspect(view);
  if (inspect === undefined) {
    if (failure === undefined) return <SkeletonRows label={text.reading} rows={6} />;
    return (
      <Notice title={text.failed} action={<Button onClick={again}>{text.again}</Button>}>
        <p>
          {sentences(failure.message, failure.hint)}
        </p>
      </Notice>
    );
  }
  return (
    <div className="page__scroll" tabIndex={0} role="region" aria-label={text.tabs.overview}>
      <div className="overview">
        <Section title={text.sections.state}>
          <StateFacts view={view} inspect={inspect} />
        </Section>
        <Section title={text.sections.process}>
          <ProcessFacts inspect={inspect} />
        </Section>
        <Section title={text.sections.ports}>
          <PortsTable view={view} />
        </Section>
        <Section title={text.sections.limits}>
          <LimitFacts inspect={inspect} />
        </Section>
        <Section title={text.sections.mounts} isWide>
          <MountsTable mounts={inspect.Mounts} />
        </Section>
        <Section title={text.sections.environment} isWide>
          <Environment entries={inspect.Config.Env ?? []} />
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
      <Fact name={text.facts.state}>
        {shownState(view, undefined).word}
        {state.OOMKilled && <span className="overview__alarm"> {text.values.outOfMemory}</span>}
      </Fact>
      {state.Error !== '' && (
        <Fact name={text.facts.error}>
          <span className="overview__alarm">{state.Error}</span>
        </Fact>
      )}
      {state.Health !== undefined && state.Health.Status !== 'none' && (
        <Fact name={text.facts.health}>
          {state.Health.Status}
          {state.Health.FailingStreak > 0 && <span className="overview__alarm--sig"> {text.values.healthFailing(state.Health.FailingStreak)}</span>}
        </Fact>
      )}
      <Fact name={text.facts.started}>{started === undefined ? text.values.never : <Moment at={started.at} age={formatAge(started, now)} />}</Fact>
      {ended !== undefined && (
        <Fact name={text.facts.ended}>
          <Moment at={ended.at} age={formatAge(ended, now)} />
        </Fact>
      )}
      {inspect.RestartCount > 0 && <Fact name={text.facts.restarts}>{inspect.RestartCount}</Fact>}
      <Fact name={text.facts.image}>
        <code>{inspect.Config.Image}</code>
      </Fact>
      <Fact name={text.facts.id}>
        <code>{inspect.Id.slice(0, 12)}</code>{' '}
        <LinkButton onClick={() => void navigator.clipboard.writeText(inspect.Id)}>{text.copyId}</LinkButton>
      </Fact>
    </dl>
  );
}

const moment = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });

function Moment({ at, age }: { at: number; age: string }) {
  return (
    <time className="numbers" dateTime={new Date(at).toISOString()}>
      {age === '0 s' ? text.justNow : text.ago(age)}, {moment.format(at)}
    </time>
  );
}

function ProcessFacts({ inspect }: { inspect: ContainerInspect }) {
  const { Config: config } = inspect;
  const [network] = Object.entries(inspect.NetworkSettings.Networks ?? {});
  return (
    <dl className="facts">
      <Fact name={text.facts.command}>
        <code>{commandText([inspect.Path, ...inspect.Args])}</code>
      </Fact>
      <Fact name={text.facts.workdir}>
        <code>{config.WorkingDir || '/'}</code>
      </Fact>
      <Fact name={text.facts.user}>{config.User || text.values.root}</Fact>
      {config.Tty === true && <Fact name={text.facts.tty}>{text.values.tty}</Fact>}
      <Fact name={text.facts.hostname}>
        <code>{config.Hostname}</code>
      </Fact>
      {network?.[1].IPAddress !== undefined && network[1].IPAddress !== '' && (
        <Fact name={text.facts.address}>
          <code>{network[1].IPAddress}</code> {network[0]}
        </Fact>
      )}
    </dl>
  );
}

function LimitFacts({ inspect }: { inspect: ContainerInspect }) {
  const { HostConfig: host } = inspect;
  return (
    <dl className="facts">
      <Fact name={text.facts.memory}>{host.Memory ? formatMemory(host.Memory) : text.values.noLimit}</Fact>
      <Fact name={text.facts.cpus}>{host.NanoCpus ? Number((host.NanoCpus / 1e9).toFixed(2)) : text.values.noLimit}</Fact>
      <Fact name={text.facts.restart}>{text.restartPolicy(host.RestartPolicy?.Name, host.RestartPolicy?.MaximumRetryCount ?? 0)}</Fact>
      {host.AutoRemove === true && <Fact name={text.facts.autoRemove}>{text.values.yes}</Fact>}
    </dl>
  );
}

/** Names are shown, values of likely secrets only when asked for. */
function Environment({ entries }: { entries: readonly string[] }) {
  const [shown, setShown] = useState<Record<string, boolean>>({});
  if (entries.length === 0) return <p className="overview__hint">{text.values.imageDefault}</p>;
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
              <LinkButton aria-label={text.showValue(name, shown[name] === true)} onClick={() => setShown({ ...shown, [name]: shown[name] !== true })}>
                {shown[name] === true ? text.hide : text.show}
              </LinkButton>
            )}
          </li>
        );
      })}
    </ul>
  );
}
