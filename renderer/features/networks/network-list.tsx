import { Link2, Trash2 } from 'lucide-react';
import { useRef, type KeyboardEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import { RowList, type RowListHandle } from '../../components/layout/row-list.tsx';
import type { NetworkView } from '../../format/engine/network.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { t } from '../../i18n/i18n.ts';
import { formatRoute } from '../../stores/window/navigation.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface NetworkListProps {
  views: readonly NetworkView[];
  /** Id of the one that the pane shows. */
  picked: string | undefined;
  onPick(id: string): void;
  onRemove(id: string): void;
  onConnect(id: string): void;
}

export function NetworkList({ views, picked, onPick, onRemove, onConnect }: NetworkListProps) {
  const grid = useRef<HTMLDivElement>(null);
  const list = useRef<RowListHandle>(null);
  const active = views.find(({ id }) => id === picked) ?? views[0];

  function onKeyDown(event: KeyboardEvent): void {
    const key = event.target instanceof HTMLElement ? event.target.dataset['key'] : undefined;
    const index = views.findIndex(({ id }) => id === key);
    const view = views[index];
    if (view === undefined || !hasNoModifier(event)) return;
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: views.length - 1 }[event.key];
    if (target !== undefined) {
      const next = views[Math.max(0, Math.min(views.length - 1, target))];
      if (next === undefined) return;
      list.current?.scrollTo(views.indexOf(next));
      requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(next.id)}"]`)?.focus());
    } else if (event.key === 'Enter' || event.key === ' ') onPick(view.id);
    else if ((event.key === 'Delete' || event.key === 'Backspace') && !view.isBuiltIn) onRemove(view.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div ref={grid} className="grid network-grid" role="grid" aria-label={t('networks:page')} aria-rowcount={views.length + 1} data-region="list" onKeyDown={onKeyDown}>
      <div className="grid__head" role="row">
        {(['name', 'driver', 'subnet', 'attached', 'actions'] as const).map((column) => (
          <div key={column} role="columnheader">
            {column === 'actions' ? <span className="unseen">{t('common:actions')}</span> : t(`networks:columns.${column}`)}
          </div>
        ))}
      </div>
      <RowList items={views} keyOf={({ id }) => id} heightOf={() => 36} ref={list}>
        {(view) => (
          <div
            className="network-row"
            role="row"
            data-key={view.id}
            tabIndex={view === active ? 0 : -1}
            aria-selected={view.id === picked}
            onClick={(event) => {
              if (!(event.target instanceof Element) || event.target.closest('a, button') === null) onPick(view.id);
            }}
          >
            <span role="gridcell" className="cut isolated" title={view.name}>
              <strong>{view.name}</strong> {view.isBuiltIn && <small>{t('networks:builtIn')}</small>} {view.isInternal && <small>{t('networks:internal')}</small>}
            </span>
            <span role="gridcell">{view.driver}</span>
            <span role="gridcell" className="cut">
              <code className="selectable">{view.subnets.join(', ') || '–'}</code>
            </span>
            <span role="gridcell" className="cut isolated">
              {view.attached.length === 0 ? <span className="network-row__none">{t('networks:nobody')}</span> : <Attached view={view} />}
            </span>
            <span role="gridcell" className="network-row__actions">
              {view.driver !== 'host' && view.driver !== 'null' && (
                <IconButton label={t('networks:connectTo', { name: view.name })} tabIndex={-1} onClick={() => onConnect(view.id)}>
                  <Link2 {...icon} />
                </IconButton>
              )}
              {!view.isBuiltIn && (
                <IconButton label={t('networks:removeName', { name: view.name })} tabIndex={-1} onClick={() => onRemove(view.id)}>
                  <Trash2 {...icon} />
                </IconButton>
              )}
            </span>
          </div>
        )}
      </RowList>
    </div>
  );
}

const shownAtMost = 3;

function Attached({ view }: { view: NetworkView }) {
  const more = view.attached.length - shownAtMost;
  return (
    <>
      {view.attached.slice(0, shownAtMost).map(({ container }) => (
        <a key={container.id} href={formatRoute({ page: 'container', id: container.name, tab: 'overview' })} tabIndex={-1}>
          {container.name}
        </a>
      ))}
      {more > 0 && <small>{t('networks:more', { count: more })}</small>}
    </>
  );
}
