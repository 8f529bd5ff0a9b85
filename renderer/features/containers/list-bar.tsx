import { Layers2, TriangleAlert } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { Segments } from '../../components/controls/segments.tsx';
import { SubBar } from '../../components/layout/page.tsx';
import { setGrouped, setTab, useContainerList, type ListCounts } from '../../stores/containers/container-list.ts';
import { t } from '../../i18n/i18n.ts';
import { formatClock } from '../../i18n/intl.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function ListBar({ counts, staleSince, hasProjects }: { counts: ListCounts; staleSince: number | undefined; hasProjects: boolean }) {
  const { tab, isGrouped } = useContainerList();
  return (
    <SubBar label={t('containers:listBar')} className="list-bar">
      <Segments
        label={t('containers:tabs.label')}
        value={tab}
        onPick={setTab}
        segments={[
          { value: 'all', label: t('containers:tabs.all'), count: counts.all },
          { value: 'running', label: t('containers:tabs.running'), count: counts.running },
          { value: 'attention', label: t('containers:tabs.attention'), count: counts.attention, icon: <TriangleAlert {...icon} /> },
          { value: 'stopped', label: t('containers:tabs.stopped'), count: counts.stopped },
        ]}
      />
      <span className="sub-bar__gap" />
      {staleSince !== undefined && <span className="stale-note numbers">{t('containers:asOf', { time: formatClock(staleSince) })}</span>}
      {hasProjects && (
        <Button kind="quiet" className="list-bar__group" icon={<Layers2 {...icon} />} onClick={() => setGrouped(!isGrouped)}>
          {isGrouped ? t('containers:group.project') : t('containers:group.none')}
        </Button>
      )}
    </SubBar>
  );
}
