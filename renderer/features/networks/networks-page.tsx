import { List, Plus, Trash2, Waypoints } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Segments } from '../../components/controls/segments.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page, SubBar } from '../../components/layout/page.tsx';
import { SelectionBar } from '../../components/layout/selection-bar.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import type { Sort } from '../../components/table/table-types.ts';
import { isUp } from '../../format/engine/container.ts';
import { matchesNetwork, networkViews, prunable, type NetworkView } from '../../format/engine/network.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { refreshNetworks, useNetworks } from '../../stores/networks.ts';
import { replaceRoute, type RouteOf } from '../../stores/window/navigation.ts';
import { ConnectDialog } from './dialogs/connect-dialog.tsx';
import { CreateNetworkDialog } from './dialogs/create-dialog.tsx';
import { PruneNetworksDialog } from './dialogs/prune-dialog.tsx';
import { RemoveNetworkDialog, RemoveNetworksDialog } from './dialogs/remove-dialog.tsx';
import { NetworkList } from './network-list.tsx';
import { NetworkMap } from './map/network-map.tsx';
import { ContainerPane } from './panes/container-pane.tsx';
import { NetworkPane } from './panes/network-pane.tsx';
import type { Picked } from './picked.ts';
import './networks.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
type Open = { kind: 'create' } | { kind: 'prune' } | { kind: 'remove' | 'connect'; network: string } | { kind: 'remove-several'; networks: readonly string[] };

export default function NetworksPage({ route }: { route: RouteOf<'networks' | 'network'> }) {
  const { status, networks, failure } = useNetworks();
  const containers = useContainers((state) => state.containers);
  const [look, setLook] = useState<'map' | 'list'>(() => (matchMedia('(max-width: 979px)').matches ? 'list' : 'map'));
  const [filter, setFilter] = useState('');
  const [showsStopped, setShowsStopped] = useState(false);
  const [open, setOpen] = useState<Open>();
  const [sort, setSort] = useState<Sort>({ id: 'name', isDescending: false });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [pickedContainer, pickContainer] = useState<string>();

  const views = useMemo(() => networkViews(networks, containers), [networks, containers]);
  const shown = useMemo(() => views.filter((view) => matchesNetwork(view, filter)), [views, filter]);
  const selection = useMemo(() => ({ keys: selected, onChange: setSelected }), [selected]);
  const chosen = look === 'list' ? shown.filter(({ id }) => selected.has(id)) : [];
  const connectTo = useCallback((network: string) => setOpen({ kind: 'connect', network }), []);
  const askToRemove = useCallback((about: readonly NetworkView[]) => {
    const own = about.filter(({ isBuiltIn }) => !isBuiltIn);
    const [first] = own;
    if (own.length === 1 && first !== undefined) setOpen({ kind: 'remove', network: first.id });
    else if (own.length > 1) setOpen({ kind: 'remove-several', networks: own.map(({ id }) => id) });
  }, []);
  // An address may name a network by its id or, as a person would write it, by its name.
  const routed = route.page === 'network' ? views.find((view) => view.id === route.id || view.name === route.id) : undefined;
  const picked: Picked | undefined = pickedContainer !== undefined ? { kind: 'container', id: pickedContainer } : routed === undefined ? undefined : { kind: 'network', id: routed.id };
  const hiddenCount = containers.filter(({ condition }) => !isUp(condition)).length;
  const up = useMemo(() => new Set(containers.filter(({ condition }) => isUp(condition)).map(({ id }) => id)), [containers]);
  const isShown = useCallback((id: string) => showsStopped || up.has(id), [showsStopped, up]);
  const isMatch = (name: string): boolean => filter.trim() === '' || name.toLowerCase().includes(filter.trim().toLowerCase());

  function pick(next: Picked | undefined): void {
    pickContainer(next?.kind === 'container' ? next.id : undefined);
    if (next?.kind === 'network') replaceRoute({ page: 'network', id: views.find(({ id }) => id === next.id)?.name ?? next.id, tab: 'overview' });
    else if (next === undefined) replaceRoute({ page: 'networks' });
  }

  const viewOf = (id: string): NetworkView | undefined => views.find((view) => view.id === id);
  const container = picked?.kind === 'container' ? containers.find(({ id }) => id === picked.id) : undefined;

  return (
    <Page
      label={t('networks:page')}
      bar={
        <>
          <h1>{t('networks:page')}</h1>
          <Segments
            label={t('networks:look')}
            value={look}
            onPick={(next) => setLook(next)}
            segments={[
              { value: 'map', label: t('networks:looks.map'), icon: <Waypoints {...icon} /> },
              { value: 'list', label: t('networks:looks.list'), icon: <List {...icon} /> },
            ]}
          />
          <span className="top-bar__gap" />
          <FilterField label={t('networks:filter')} value={filter} onValue={setFilter} keys="/" />
          <Button kind="primary" icon={<Plus {...icon} />} onClick={() => setOpen({ kind: 'create' })}>
            {t('networks:create')}
          </Button>
        </>
      }
    >
      {status === 'unread' && failure === undefined && <SkeletonRows label={t('networks:reading')} />}
      {status === 'unread' && failure !== undefined && (
        <Notice title={t('networks:notRead')} action={<Button onClick={() => void refreshNetworks()}>{t('common:again')}</Button>}>
          {sentences(failure.message, failure.hint)}
        </Notice>
      )}
      {status === 'ready' && (
        <div className="networks">
          <div className="networks__main">
            {chosen.length > 0 ? (
              <SelectionBar label={t('networks:selection')} count={chosen.length} onClear={() => setSelected(new Set())}>
                <Button kind="danger-text" keys="backspace" icon={<Trash2 {...icon} />} disabled={chosen.every(({ isBuiltIn }) => isBuiltIn)} onClick={() => askToRemove(chosen)}>
                  {t('networks:removeVerb')}
                </Button>
              </SelectionBar>
            ) : (
              <SubBar label={t('networks:page')} className="networks-bar">
                <span className="numbers">{t('networks:summary', { count: views.length })}</span>
                <span className="sub-bar__gap" />
                {look === 'map' && hiddenCount > 0 && (
                  <LinkButton aria-pressed={showsStopped} onClick={() => setShowsStopped(!showsStopped)}>
                    {showsStopped ? t('networks:hideStopped') : t('networks:showStopped', { count: hiddenCount })}
                  </LinkButton>
                )}
                <Button kind="quiet" disabled={prunable(views).length === 0} onClick={() => setOpen({ kind: 'prune' })}>
                  {t('networks:prune')}
                </Button>
              </SubBar>
            )}
            {shown.length === 0 ? (
              <p className="one-line isolated" role="status">
                {t('networks:noMatch', { filter })} <LinkButton onClick={() => setFilter('')}>{t('common:clearFilter')}</LinkButton>
              </p>
            ) : look === 'list' ? (
              <NetworkList views={shown} sort={sort} onSort={setSort} selection={selection} onPick={(id) => pick({ kind: 'network', id })} onRemove={askToRemove} onConnect={connectTo} />
            ) : up.size === 0 && !showsStopped ? (
              <Notice title={t('networks:map.empty')}>{t('networks:map.emptyBody')}</Notice>
            ) : (
              <>
                <NetworkMap views={views} containers={containers} isShown={isShown} isMatch={isMatch} picked={picked} onPick={pick} />
                <Legend />
              </>
            )}
          </div>
          {routed !== undefined && container === undefined && (
            <NetworkPane
              view={routed}
              onClose={() => pick(undefined)}
              onConnect={() => setOpen({ kind: 'connect', network: routed.id })}
              onRemove={() => setOpen({ kind: 'remove', network: routed.id })}
              onPickContainer={(id) => pick({ kind: 'container', id })}
            />
          )}
          {container !== undefined && <ContainerPane container={container} views={views.filter((view) => view.attached.some((one) => one.container.id === container.id))} onClose={() => pick(undefined)} onPickNetwork={(id) => pick({ kind: 'network', id })} />}
        </div>
      )}
      <OpenDialog open={open} views={views} viewOf={viewOf} onClose={() => setOpen(undefined)} onRemoved={() => (pick(undefined), setSelected(new Set()))} />
    </Page>
  );
}

interface OpenDialogProps {
  open: Open | undefined;
  views: readonly NetworkView[];
  viewOf(id: string): NetworkView | undefined;
  onClose(): void;
  onRemoved(): void;
}

function OpenDialog({ open, views, viewOf, onClose, onRemoved }: OpenDialogProps) {
  if (open?.kind === 'create') return <CreateNetworkDialog views={views} onClose={onClose} />;
  if (open?.kind === 'prune') return <PruneNetworksDialog views={views} onClose={onClose} />;
  if (open?.kind === 'remove-several') return <RemoveNetworksDialog views={views.filter(({ id }) => open.networks.includes(id))} onClose={onClose} onRemoved={onRemoved} />;
  const view = open === undefined ? undefined : viewOf(open.network);
  if (open === undefined || view === undefined) return null;
  return open.kind === 'remove' ? <RemoveNetworkDialog view={view} onClose={onClose} onRemoved={onRemoved} /> : <ConnectDialog view={view} onClose={onClose} />;
}

function Legend() {
  const key = (kind: string, d: string) => (
    <svg width="28" height="14" aria-hidden="true">
      <path className={`wire wire--${kind}`} d={d} />
    </svg>
  );
  return (
    <p className="net-legend">
      <span>
        {key('network wire--lit', 'M 0 7 H 28')} {t('networks:legend.picked')}
      </span>
      <span>
        {key('network', 'M 0 7 H 28')} {t('networks:legend.joined')}
      </span>
      <span>
        {key('port', 'M 0 7 H 9 A 5 5 0 0 1 19 7 H 28')} {t('networks:legend.passes')}
      </span>
    </p>
  );
}
