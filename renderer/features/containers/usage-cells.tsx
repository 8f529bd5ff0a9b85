import { useEffect } from 'react';
import { SizeBar } from '../../components/chart/size-bar.tsx';
import { Sparkline } from '../../components/chart/sparkline.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { formatPercent, stepsOf, totalOf, valueOf } from '../../format/usage.ts';
import { t } from '../../i18n/i18n.ts';
import { trailMs, trailOf, useUsage, watchUsage } from '../../stores/containers/usage.ts';

/** Often enough to look alive, rare enough to cost nothing. */
const everyMs = 2000;
/** Percent of a core below which a line is grey. */
const quietBelow = 1;
/** The least that the full height of a sparkline means. */
const leastTop = 5;

/** The list's figures come while it is shown. */
export function useLiveUsage(): void {
  useEffect(() => watchUsage(everyMs), []);
}

export function CpuCell({ view }: { view: ContainerView }) {
  const sample = useUsage(({ latest }) => latest[view.id]);
  if (sample === undefined || !isUp(view.condition)) return null;
  const cpu = valueOf(sample, 'cpu');
  const values = stepsOf(trailOf(view.id), 'cpu', useUsage.getState().at ?? 0, { span: trailMs, steps: 30 });
  return (
    <span className="container-cell__usage">
      <Sparkline values={values} top={leastTop} isQuiet={cpu < quietBelow} />
      <span className="numbers">{formatPercent(cpu)}</span>
    </span>
  );
}

export function MemoryCell({ view }: { view: ContainerView }) {
  const sample = useUsage(({ latest }) => latest[view.id]);
  if (sample === undefined || !isUp(view.condition)) return null;
  const [used, limit] = [valueOf(sample, 'memory'), valueOf(sample, 'memoryLimit')];
  return (
    <span className="container-cell__usage">
      <SizeBar label={t('stats:memoryOf', { used: formatMemory(used), limit: formatMemory(limit) })} parts={[{ kind: 'own', bytes: used }]} whole={limit} />
      <span className="numbers">{formatMemory(used)}</span>
    </span>
  );
}

/** What a project uses: ` · 28% · 1.5 GB`. */
export function GroupUsage({ ids }: { ids: readonly string[] }) {
  const latest = useUsage((state) => state.latest);
  const samples = ids.map((id) => latest[id]).filter((sample) => sample !== undefined);
  if (samples.length === 0) return null;
  const total = totalOf(samples);
  return <>{` · ${formatPercent(valueOf(total, 'cpu'))} · ${formatMemory(valueOf(total, 'memory'))}`}</>;
}
