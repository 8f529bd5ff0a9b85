import { Ellipsis, Play, RotateCw, Square } from 'lucide-react';
import type { MouseEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import { StateLabel } from '../../components/drawing/state-label.tsx';
import { PortLinks } from '../../components/layout/port-links.tsx';
import type { MenuAnchor } from '../../components/overlay/menu.tsx';
import type { Column } from '../../components/table/table-types.ts';
import { agoText, formatAge } from '../../format/age.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { useClock } from '../../stores/window/clock.ts';
import { portRank, stateRank, type SortKey } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { usageNow } from '../../stores/containers/usage.ts';
import { formatRoute } from '../../stores/window/navigation.ts';
import { followLink } from '../../stores/window/open-url.ts';
import { CpuCell, MemoryCell } from './usage-cells.tsx';
import { restart, startOrStop } from './row-actions.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 15, strokeWidth: 1.75, 'aria-hidden': true } as const;
const wideOnly = 980;

type ContainerColumn = Column<ContainerView> & { id: SortKey | 'actions' };

export function containerColumns(onMenu: (view: ContainerView, anchor: MenuAnchor) => void): ContainerColumn[] {
  return [
    { id: 'state', label: t('containers:columns.state'), width: '132px', narrowWidth: '106px', sortBy: stateRank, cell: (view) => <StateCell view={view} /> },
    { id: 'name', label: t('containers:columns.name'), width: 'minmax(0, 1.05fr)', narrowWidth: 'minmax(0, 1fr)', sortBy: ({ name }) => name, cell: (view, { tabIndex }) => <NameCell view={view} tabIndex={tabIndex} /> },
    {
      id: 'image',
      label: t('containers:columns.image'),
      width: 'minmax(0, 1fr)',
      hiddenBelow: wideOnly,
      sortBy: ({ image }) => image,
      cell: ({ image }) => (
        <span className="container-cell__quiet isolated" data-tip={image} data-tip-cut="">
          {image}
        </span>
      ),
    },
    { id: 'ports', label: t('containers:columns.ports'), width: '164px', narrowWidth: 'minmax(0, 150px)', sortBy: portRank, cell: ({ ports }, { tabIndex }) => <PortLinks ports={ports} tabIndex={tabIndex} onFollow={followLink} atMost={3} /> },
    { id: 'cpu', label: t('stats:cpu'), width: '118px', narrowWidth: '48px', isNumber: true, sortBy: ({ id }) => usageNow(id, 'cpu'), cell: (view) => <CpuCell view={view} /> },
    { id: 'memory', label: t('stats:memory'), width: '126px', narrowWidth: '60px', isNumber: true, sortBy: ({ id }) => usageNow(id, 'memory'), cell: (view) => <MemoryCell view={view} /> },
    // The newest first: what a person looks for by age is mostly what has just begun or ended.
    { id: 'age', label: t('containers:columns.age'), width: '84px', hiddenBelow: wideOnly, sortBy: ({ since }) => -(since?.at ?? 0), cell: (view) => <AgeCell view={view} /> },
    { id: 'actions', label: t('common:actions'), width: '84px', narrowWidth: '0px', hidesLabel: true, cell: (view, { tabIndex }) => <ActionsCell view={view} tabIndex={tabIndex} onMenu={onMenu} /> },
  ];
}

function StateCell({ view }: { view: ContainerView }) {
  const pending = useContainers((state) => state.pending[view.id]);
  const state = shownState(view, pending);
  return <StateLabel shape={state.shape} word={state.word} strong={state.strong} />;
}

function NameCell({ view, tabIndex }: { view: ContainerView; tabIndex: number }) {
  return (
    <span className={`container-cell__name${isUp(view.condition) ? '' : ' container-cell__name--still'}`}>
      <a className="cut isolated" href={formatRoute({ page: 'container', id: view.id, tab: 'overview' })} tabIndex={tabIndex} data-tip={view.name} data-tip-cut="">
        <span className="container-cell__prefix">{view.namePrefix}</span>
        {view.name.slice(view.namePrefix.length)}
      </a>
      <span className="container-cell__image-below cut isolated">{view.image}</span>
    </span>
  );
}

function AgeCell({ view }: { view: ContainerView }) {
  const age = useClock(({ now }) => ageText(view, now));
  return <span className="container-cell__quiet numbers">{age}</span>;
}

/** The same text for most ticks of the clock, so that a row is drawn again only when its figure changes. */
function ageText(view: ContainerView, now: number): string {
  if (view.condition === 'created') return t('containers:neverRan');
  if (view.since === undefined) return '–';
  const age = formatAge(view.since, now);
  return isUp(view.condition) ? age : agoText(age);
}

function ActionsCell({ view, tabIndex, onMenu }: { view: ContainerView; tabIndex: number; onMenu(view: ContainerView, anchor: MenuAnchor): void }) {
  const isBusy = useContainers((state) => state.pending[view.id] !== undefined);
  const isRowUp = isUp(view.condition);

  function openMenu(event: MouseEvent<HTMLElement>): void {
    const box = event.currentTarget.getBoundingClientRect();
    onMenu(view, { x: box.right - 190, y: box.bottom + 4 });
  }

  return (
    <span className="data-table__actions">
      <IconButton label={t('containers:of', { verb: isRowUp ? t('containers:verbs.stop') : t('containers:verbs.start'), name: view.name })} keys="S" tabIndex={tabIndex} disabled={isBusy} onClick={() => void startOrStop([view])}>
        {isRowUp ? <Square {...icon} size={11} fill="currentColor" /> : <Play {...icon} />}
      </IconButton>
      <IconButton label={t('containers:of', { verb: t('containers:verbs.restart'), name: view.name })} keys="R" tabIndex={tabIndex} disabled={isBusy || !isRowUp} onClick={() => void restart([view])}>
        <RotateCw {...icon} />
      </IconButton>
      <IconButton label={t('containers:more', { name: view.name })} tabIndex={tabIndex} aria-haspopup="menu" onClick={openMenu}>
        <Ellipsis {...icon} />
      </IconButton>
    </span>
  );
}
