import { ScrollText, Stethoscope } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type VmFailureCode, type VmState } from '../../../contract/vm-state.ts';
import { Button } from '../../components/controls/button.tsx';
import { Ramp } from '../../components/drawing/ramp.tsx';
import { formatMilliseconds } from '../../format/age.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { useDialogs } from '../../stores/window/dialogs.ts';
import { go } from '../../stores/window/navigation.ts';
import { takeStep } from '../../stores/vm.ts';
import { FailurePanel } from './failure-panel.tsx';
import { PhaseList } from './phase-list.tsx';
import { StartUpFoot } from './start-up-foot.tsx';
import { totalOf } from './timing.ts';
import { t } from '../../i18n/i18n.ts';
import './start-up.css';

type ShownState = Extract<VmState, { status: 'starting' | 'resuming' | 'running' | 'failed' }>;

/** Failures before the data disk is in use cannot have changed it, and saying so takes a fear away. */
const harmless: ReadonlySet<VmFailureCode> = new Set(['qemu-missing', 'qemu-failed', 'hyperv-missing', 'hyperv-failed', 'image-missing', 'image-corrupt', 'already-running']);

/** The way from nothing to a running engine, and where it stopped. */
export function StartUpScreen({ vm }: { vm: ShownState }) {
  const sinceStart = useSinceStart(vm);
  const [isConsoleShown, setConsoleShown] = useState(false);
  const failure = vm.status === 'failed' ? vm.failure : undefined;
  const all = vm.phases.length;
  const done = vm.phases.filter(({ status }) => status === 'done').length;
  // It ran and ended later: no phase of the start is to blame.
  const hasRun = failure !== undefined && done === all;

  useEffect(() => {
    if (vm.status !== 'failed') return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!hasNoModifier(event) || useDialogs.getState().dialog !== undefined) return;
      if (event.key === 'l') setConsoleShown((isShown) => !isShown);
      if (event.key === 'r') void takeStep('retry');
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [vm.status]);

  const title = failure !== undefined ? t(`start-up:failed.${failure.code}`) : vm.status === 'running' ? t('start-up:ready') : vm.status === 'resuming' ? t('start-up:resuming.title') : t('start-up:title');
  const lead = failure === undefined ? (vm.status === 'resuming' ? t('start-up:resuming.lead') : t('start-up:lead')) : hasRun ? t('start-up:hasRun') : [t('start-up:done', { count: done, all }), harmless.has(failure.code) ? t('start-up:safe') : ''].join(' ').trim();

  return (
    <main className={`start-up${vm.status === 'running' ? ' start-up--leaving' : ''}`}>
      <div className="start-up__middle">
        <Ramp width={720} steps={all} done={done} hull={failure !== undefined ? (hasRun ? 'adrift' : 'failed') : vm.status === 'running' ? 'floating' : 'moving'} />
        <h1>{title}</h1>
        <p className="start-up__lead">{lead}</p>
        <PhaseList phases={vm.phases} sinceStartMs={sinceStart} failed={hasRun ? undefined : failure?.phase} panel={failure && <FailurePanel failure={failure} />} />
        {failure === undefined ? (
          <div className="start-up__total">
            <span role="status">{t('start-up:phaseOf', { current: Math.min(done + 1, all), all })}</span>
            <span className="numbers">{formatMilliseconds(totalOf(vm.phases, sinceStart))}</span>
          </div>
        ) : (
          isConsoleShown && (
            <pre className="console selectable isolated" tabIndex={0} aria-label={t('start-up:console.label')}>
              {failure.lastLines.length === 0 ? t('start-up:console.none') : failure.lastLines.join('\n')}
            </pre>
          )
        )}
      </div>
      <StartUpFoot>
        {failure !== undefined && (
          <Button kind="quiet" size="small" icon={<Stethoscope size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => go({ page: 'troubleshoot' })}>
            {t('start-up:troubleshoot')}
          </Button>
        )}
        {failure !== undefined && (
          <Button kind="quiet" size="small" icon={<ScrollText size={14} strokeWidth={1.75} aria-hidden="true" />} keys="L" aria-expanded={isConsoleShown} onClick={() => setConsoleShown(!isConsoleShown)}>
            {isConsoleShown ? t('start-up:console.hide') : t('start-up:console.show')}
          </Button>
        )}
      </StartUpFoot>
    </main>
  );
}

/** Milliseconds since the start began, counted live while a phase runs. */
function useSinceStart(vm: ShownState): number {
  const [now, setNow] = useState(() => Date.now());
  const isRunning = vm.status === 'starting' || vm.status === 'resuming';
  useEffect(() => {
    if (!isRunning) return;
    let frame = requestAnimationFrame(function tick() {
      setNow(Date.now());
      frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [isRunning]);
  return vm.status === 'starting' || vm.status === 'resuming' ? Math.max(0, now - Date.parse(vm.startedAt)) : 0;
}
