import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { useConnection } from '../../stores/connection.ts';
import { useVm } from '../../stores/vm.ts';
import { t } from '../../i18n/i18n.ts';

function useEngineState(): { shape: GlyphShape; word: string } {
  const status = useVm(({ vm }) => vm?.status);
  const isAway = useConnection(({ engine, transport }) => engine.status === 'away' || transport === 'broken');
  switch (status) {
    case 'running':
      return isAway ? { shape: 'working', word: t('shell:engine.away') } : { shape: 'running', word: t('shell:engine.running') };
    case 'starting':
      return { shape: 'working', word: t('shell:engine.starting') };
    case 'stopping':
      return { shape: 'working', word: t('shell:engine.stopping') };
    case 'stopped':
      return { shape: 'exited', word: t('shell:engine.stopped') };
    case 'suspending':
      return { shape: 'working', word: t('shell:engine.suspending') };
    case 'suspended':
      return { shape: 'paused', word: t('shell:engine.suspended') };
    case 'resuming':
      return { shape: 'working', word: t('shell:engine.resuming') };
    case 'failed':
      return { shape: 'failed', word: t('shell:engine.failed') };
    case undefined:
      return { shape: 'working', word: t('shell:engine.unknown') };
  }
}

/** The engine at a glance, on every page. */
export function EngineFoot() {
  const { shape, word } = useEngineState();
  const version = useVm(({ vm, info }) => (vm?.status === 'running' ? plainVersion(info?.ServerVersion ?? vm.engineVersion) : ''));
  const size = useVm(({ info }) => (info === undefined ? undefined : t('shell:engine.size', { count: info.NCPU, memory: formatMemory(info.MemTotal) })));
  return (
    <div className="engine-foot" role="status" data-tip={word} data-tip-cut="">
      <div className="engine-foot__state">
        <StateGlyph shape={shape} />
        <span>{word}</span>
        <small className="numbers">{version}</small>
      </div>
      {size !== undefined && <small className="engine-foot__size numbers">{size}</small>}
    </div>
  );
}

/** `28.5.2+slipway0.1.0` → `28.5.2`: what follows the plus sign names the build and is told in the settings. */
function plainVersion(version: string): string {
  return version.split('+', 1)[0] ?? '';
}
