import { Layers2, TriangleAlert } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { Segments } from '../../components/controls/segments.tsx';
import { SubBar } from '../../components/layout/page.tsx';
import { setGrouped, setTab, useContainerList, type ListCounts } from '../../stores/containers/container-list.ts';
import { text } from './text.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function ListBar({ counts, staleSince, hasProjects }: { counts: ListCounts; staleSince: number | undefined; hasProjects: boolean }) {
  const { tab, isGrouped } = useContainerList();
  return (
    <SubBar label={text.listBar} className="list-bar">
      <Segments
        label={text.tabs.label}
        value={tab}
        onPick={setTab}
        segments={[
          { value: 'all', label: text.tabs.all, count: counts.all },
          { value: 'running', label: text.tabs.running, count: counts.running },
          { value: 'attention', label: text.tabs.attention, count: counts.attention, icon: <TriangleAlert {...icon} /> },
          { value: 'stopped', label: text.tabs.stopped, count: counts.stopped },
        ]}
      />
      <span className="sub-bar__gap" />
      {staleSince !== undefined && <span className="stale-note numbers">{text.asOf(clock.format(staleSince))}</span>}
      {hasProjects && (
        <Button kind="quiet" className="list-bar__group" icon={<Layers2 {...icon} />} onClick={() => setGrouped(!isGrouped)}>
          {isGrouped ? text.group.project : text.group.none}
        </Button>
      )}
    </SubBar>
  );
}
