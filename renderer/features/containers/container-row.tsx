import { Ellipsis, Play, RotateCw, Square } from 'lucide-react';
import { memo, type MouseEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import { Checkbox } from '../../components/controls/checkbox.tsx';
import { StateLabel } from '../../components/drawing/state-label.tsx';
import { PortLinks } from '../../components/layout/port-links.tsx';
import type { MenuAnchor } from '../../components/overlay/menu.tsx';
import { agoText, formatAge } from '../../format/age.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { useClock } from '../../stores/window/clock.ts';
import { toggleSelected, useContainerList } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { formatRoute } from '../../stores/window/navigation.ts';
import { followLink } from '../../stores/window/open-url.ts';
import { CpuCell, MemoryCell } from './usage-cells.tsx';
import { AttentionLine } from './attention-line.tsx';
import { restart, startOrStop } from './row-actions.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 15, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface ContainerRowProps {
  view: ContainerView;
  isActive: boolean;
  isLast: boolean;
  level: number;
  onPress(view: ContainerView, event: MouseEvent): void;
  onMenu(view: ContainerView, anchor: MenuAnchor): void;
}

/** One container. Its controls are stops of the Tab key only while the row is the active one of the list. */
export const ContainerRow = memo(function ContainerRow({ view, isActive, isLast, level, onPress, onMenu }: ContainerRowProps) {
  const isSelected = useContainerList(({ selected }) => selected[view.id] === true);
  const pending = useContainers((state) => state.pending[view.id]);
  const age = useClock(({ now }) => ageText(view, now));
  const state = shownState(view, pending);
  const isRowUp = isUp(view.condition);
  const tabIndex = isActive ? 0 : -1;

  function openMenu(event: MouseEvent<HTMLElement>): void {
    event.stopPropagation();
    const box = event.currentTarget.getBoundingClientRect();
    onMenu(view, { x: box.right - 190, y: box.bottom + 4 });
  }

  return (
    <>
      <div
        className={`row${isLast ? ' row--last' : ''}`}
        role="row"
        aria-level={level}
        aria-selected={isSelected}
        aria-busy={pending !== undefined}
        tabIndex={tabIndex}
        data-key={view.id}
        data-active={isActive}
        onClick={(event) => onPress(view, event)}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu(view, { x: event.clientX, y: event.clientY });
        }}
      >
        <div role="gridcell" onClick={(event) => event.stopPropagation()}>
          <Checkbox label={t('containers:select', { name: view.name })} state={isSelected} tabIndex={tabIndex} onChange={() => toggleSelected(view.id)} />
        </div>
        <div role="gridcell">
          <StateLabel shape={state.shape} word={state.word} strong={state.strong} />
        </div>
        <div role="gridcell" className={`row__name${isRowUp ? '' : ' row__name--still'}`}>
          <a className="cut isolated" href={formatRoute({ page: 'container', id: view.id, tab: 'overview' })} tabIndex={tabIndex} title={view.name} onClick={(event) => event.stopPropagation()}>
            <span className="row__prefix">{view.namePrefix}</span>
            {view.name.slice(view.namePrefix.length)}
          </a>
          <span className="row__image-below cut isolated">{view.image}</span>
        </div>
        <div role="gridcell" className="row__image cut isolated" title={view.image}>
          {view.image}
        </div>
        <div role="gridcell" className="cut">
          <PortLinks ports={view.ports} tabIndex={tabIndex} onFollow={followLink} atMost={3} />
        </div>
        <div role="gridcell" className="row__usage">
          <CpuCell view={view} />
        </div>
        <div role="gridcell" className="row__usage">
          <MemoryCell view={view} />
        </div>
        <div role="gridcell" className="row__age numbers">
          {age}
        </div>
        <div role="gridcell" className="row__actions" onClick={(event) => event.stopPropagation()}>
          <IconButton
            label={t('containers:of', { verb: isRowUp ? t('containers:verbs.stop') : t('containers:verbs.start'), name: view.name })}
            keys="S"
            tabIndex={tabIndex}
            disabled={pending !== undefined}
            onClick={() => void startOrStop([view])}
          >
            {isRowUp ? <Square {...icon} size={11} fill="currentColor" /> : <Play {...icon} />}
          </IconButton>
          <IconButton label={t('containers:of', { verb: t('containers:verbs.restart'), name: view.name })} keys="R" tabIndex={tabIndex} disabled={pending !== undefined || !isRowUp} onClick={() => void restart([view])}>
            <RotateCw {...icon} />
          </IconButton>
          <IconButton label={t('containers:more', { name: view.name })} tabIndex={tabIndex} aria-haspopup="menu" onClick={openMenu}>
            <Ellipsis {...icon} />
          </IconButton>
        </div>
      </div>
      <AttentionLine view={view} tabIndex={tabIndex} />
    </>
  );
});

/** The same text for most ticks of the clock, so that a row is drawn again only when its figure changes. */
function ageText(view: ContainerView, now: number): string {
  if (view.condition === 'created') return t('containers:neverRan');
  if (view.since === undefined) return '–';
  const age = formatAge(view.since, now);
  return isUp(view.condition) ? age : agoText(age);
}
