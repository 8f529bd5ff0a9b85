import { ChevronDown, Layers2 } from 'lucide-react';
import { Checkbox } from '../../../components/controls/checkbox.tsx';
import { FilterField } from '../../../components/controls/filter-field.tsx';
import { Popover } from '../../../components/overlay/popover.tsx';
import { isUp, type ContainerView } from '../../../format/engine/container.ts';
import { t } from '../../../i18n/i18n.ts';
import { compareNames } from '../../../i18n/intl.ts';

export interface SourcesMenuProps {
  all: readonly ContainerView[];
  picked: readonly ContainerView[];
  /** Of whoever outlives the log that is shown: another choice is another log, and the list stays open for the next tick. */
  menu: SourcesMenuState;
  onMenu(menu: SourcesMenuState): void;
  onPick(ids: readonly string[]): void;
}

export interface SourcesMenuState {
  isOpen: boolean;
  filter: string;
}

/** The engine merges no more. */
const sourcesAtMost = 64;
const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Which containers' logs are merged: a list to tick, those of the same project first. */
export function SourcesMenu({ all, picked, menu: { isOpen, filter }, onMenu, onPick }: SourcesMenuProps) {
  const project = picked[0]?.project;
  const ids = picked.map((view) => view.id);
  const wanted = all
    .filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
    .toSorted((a, b) => Number(ids.includes(b.id)) - Number(ids.includes(a.id)) || Number(b.project === project) - Number(a.project === project) || Number(isUp(b.condition)) - Number(isUp(a.condition)) || compareNames(a.name, b.name))
    .slice(0, 200);
  const names = picked.map(shortName).join(', ');
  const label = picked.length > 1 ? t('logs:merged', { names }) : t('logs:merge');

  return (
    <Popover
      label={t('logs:sources')}
      align="start"
      isOpen={isOpen}
      onOpen={(next) => onMenu({ isOpen: next, filter: '' })}
      trigger={
        <button type="button" className="button button--default log-sources" aria-label={label}>
          <Layers2 {...icon} />
          <span className="cut">{label}</span>
          <ChevronDown {...icon} />
        </button>
      }
    >
      <div className="log-sources__list">
        <FilterField label={t('logs:filterSources')} value={filter} onValue={(next) => onMenu({ isOpen, filter: next })} />
        <div className="log-sources__rows">
          {wanted.map((view) => {
            const isPicked = ids.includes(view.id);
            return (
              <label key={view.id} className="log-sources__row">
                <Checkbox
                  label={view.name}
                  state={isPicked}
                  disabled={(isPicked && picked.length === 1) || (!isPicked && picked.length >= sourcesAtMost)}
                  onChange={() => onPick(isPicked ? ids.filter((one) => one !== view.id) : [...ids, view.id])}
                />
                <span className="cut isolated">{view.name}</span>
              </label>
            );
          })}
          {wanted.length === 0 && <p className="log-sources__none">{t('logs:noSource')}</p>}
        </div>
      </div>
    </Popover>
  );
}

/** What a container is called among its own: without the project's prefix, and without the number of the only one. */
export function shortName({ name, namePrefix }: ContainerView): string {
  const short = name.slice(namePrefix.length).replace(/-1$/, '');
  return short === '' ? name : short;
}
