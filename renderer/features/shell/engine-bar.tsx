import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { LinkButton } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { sinceOfTime, spellAge, type Since } from '../../format/age.ts';
import { sentences } from '../../format/sentence.ts';
import { useClock } from '../../stores/window/clock.ts';
import { useConnection } from '../../stores/connection.ts';
import { refreshContainers, useContainers } from '../../stores/containers/containers.ts';
import { refreshImages, useImages } from '../../stores/images.ts';
import { leaveWindow, startVm, useVm } from '../../stores/vm.ts';
import { t } from '../../i18n/i18n.ts';

function Bar({ isTrouble, isOver = false, children }: { isTrouble: boolean; isOver?: boolean; children: ReactNode }) {
  return (
    <div className={`bar-notice${isTrouble ? '' : ' bar-notice--calm'}${isOver ? ' bar-notice--over' : ''}`} role={isTrouble ? 'alert' : 'status'}>
      {isTrouble ? <TriangleAlert size={15} strokeWidth={1.75} aria-hidden="true" /> : <StateGlyph shape="working" />}
      <div className="isolated">{children}</div>
    </div>
  );
}

/** The way to Slipway itself is broken: told over whatever is shown. */
export function TransportBar({ isOver }: { isOver: boolean }) {
  const { transport, transportSince } = useConnection();
  if (transport !== 'broken') return null;
  return (
    <Bar isTrouble isOver={isOver}>
      <Ago text="shell:bar.transport" since={{ at: transportSince ?? 0, tolerance: 0 }} /> {t('shell:bar.transportHint')}
    </Bar>
  );
}

/** Trouble with the engine, above what was read before it: the rest stays readable. */
export function EngineBar() {
  const vm = useVm((state) => state.vm);
  const { transport, engine } = useConnection();
  const listFailure = useContainers((state) => state.failure) ?? null;
  const imagesFailure = useImages((state) => state.failure) ?? null;

  if (transport === 'broken') return <TransportBar isOver={false} />;
  if (vm?.status === 'failed') {
    return (
      <Bar isTrouble>
        {t('shell:bar.failed', { message: sentences(vm.failure.message) })} <LinkButton onClick={() => void startVm()}>{t('shell:bar.start')}</LinkButton>{' '}
        <LinkButton onClick={leaveWindow}>{t('shell:bar.show')}</LinkButton>
      </Bar>
    );
  }
  if (vm?.status === 'stopping') return <Bar isTrouble={false}>{t('shell:bar.stopping')}</Bar>;
  if (vm?.status === 'suspending') return <Bar isTrouble={false}>{t('shell:bar.suspending')}</Bar>;
  if (engine.status === 'away') {
    return (
      <Bar isTrouble={false}>
        <Ago text="shell:bar.engineAway" since={sinceOfTime(engine.since)} />
      </Bar>
    );
  }
  const failure = listFailure ?? imagesFailure;
  if (failure !== null) {
    const again = (): void => {
      void refreshContainers();
      void refreshImages();
    };
    return (
      <Bar isTrouble>
        {t('shell:bar.unread', { message: sentences(failure.message, failure.hint) })} <LinkButton onClick={again}>{t('shell:bar.again')}</LinkButton>
      </Bar>
    );
  }
  return null;
}

function Ago({ since, text }: { since: Since | undefined; text: 'shell:bar.transport' | 'shell:bar.engineAway' }) {
  const now = useClock((state) => state.now);
  return t(text, { age: since === undefined ? t('shell:bar.aMoment') : spellAge(since, now) });
}
