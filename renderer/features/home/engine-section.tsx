import { useEffect } from 'react';
import { SizeBar } from '../../components/chart/size-bar.tsx';
import { formatAge, sinceOfTime } from '../../format/age.ts';
import { formatMemory } from '../../format/bytes.ts';
import { isUp } from '../../format/engine/container.ts';
import { totalOf, valueOf } from '../../format/usage.ts';
import { t } from '../../i18n/i18n.ts';
import { formatDecimal } from '../../i18n/intl.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useUsage, watchUsage } from '../../stores/containers/usage.ts';
import { useImages } from '../../stores/images.ts';
import { useVm } from '../../stores/vm.ts';
import { useClock } from '../../stores/window/clock.ts';
import { Card } from './card.tsx';

/** Often enough to look alive, rare enough to cost nothing. */
const everyMs = 2000;

/** What all containers use together, of what the machine has; while this page is shown. */
function LiveUse({ cpus, memory }: { cpus: number; memory: number }) {
  useEffect(() => watchUsage(everyMs), []);
  const { at, latest } = useUsage();
  if (at === undefined) return null;
  const total = totalOf(Object.values(latest));
  const rows = [
    { key: 'cpu', label: t('stats:cpu'), part: valueOf(total, 'cpu'), whole: cpus * 100, words: t('home:engine.cpuOf', { value: formatDecimal(valueOf(total, 'cpu') / 100, 1), count: cpus }) },
    { key: 'memory', label: t('stats:memory'), part: valueOf(total, 'memory'), whole: memory, words: t('stats:memoryOf', { used: formatMemory(valueOf(total, 'memory')), limit: formatMemory(memory) }) },
  ];
  return (
    <dl className="home-use">
      {rows.map(({ key, label, part, whole, words }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>
            <SizeBar label={`${label}: ${words}`} parts={[{ kind: 'own', bytes: part }]} whole={whole} />
            <span className="numbers">{words}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Engine and VM in a few facts. */
export function EngineSection() {
  const { vm, info } = useVm();
  const containers = useContainers((state) => state.containers);
  const images = useImages((state) => state.images.length);
  const now = useClock((state) => Math.floor(state.now / 10_000) * 10_000);
  if (info === undefined) return null;
  const running = containers.filter(({ condition }) => isUp(condition)).length;
  const since = vm?.status === 'running' ? sinceOfTime(vm.startedAt) : undefined;
  const facts = [
    [t('home:engine.version'), info.ServerVersion],
    [t('home:engine.runsOn'), vm?.status === 'running' && vm.accelerator === 'external' ? t('home:engine.host') : t('home:engine.vm', { system: info.OperatingSystem })],
    [t('home:engine.machine'), t('shell:engine.size', { count: info.NCPU, memory: formatMemory(info.MemTotal) })],
    ...(since === undefined ? [] : [[t('home:engine.up'), formatAge(since, now)] as const]),
    [t('home:engine.has'), t('home:engine.counts', { running, stopped: containers.length - running, images })],
  ] as const;
  return (
    <Card title={t('home:engine.title')} action={<a href="#/settings">{t('home:engine.settings')}</a>}>
      <LiveUse cpus={info.NCPU} memory={info.MemTotal} />
      <dl className="home-facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="numbers selectable isolated">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
