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
import { text } from './text.ts';

/** True while what the lists show is older than the engine. */
export function useIsStale(): boolean {
  const isRunning = useVm(({ vm }) => vm?.status === 'running');
  const isConnected = useConnection(({ transport, engine }) => transport === 'connected' && engine.status !== 'away');
  return !isRunning || !isConnected;
}

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
      <Ago since={{ at: transportSince ?? 0, tolerance: 0 }}>{text.bar.transport}</Ago> {text.bar.transportHint}
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
        {text.bar.failed(sentences(vm.failure.message))} <LinkButton onClick={() => void startVm()}>{text.bar.start}</LinkButton>{' '}
        <LinkButton onClick={leaveWindow}>{text.bar.show}</LinkButton>
      </Bar>
    );
  }
  if (vm?.status === 'stopping') return <Bar isTrouble={false}>{text.bar.stopping}</Bar>;
  if (engine.status === 'away') {
    return (
      <Bar isTrouble={false}>
        <Ago since={sinceOfTime(engine.since)}>{text.bar.engineAway}</Ago>
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
        {text.bar.unread(sentences(failure.message, failure.hint))} <LinkButton onClick={again}>{text.bar.again}</LinkButton>
      </Bar>
    );
  }
  return null;
}

function Ago({ since, children }: { since: Since | undefined; children: (age: string) => string }) {
  const now = useClock((state) => state.now);
  return children(since === undefined ? text.bar.aMoment : spellAge(since, now));
}
