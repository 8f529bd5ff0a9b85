import { ChevronRight, Ellipsis, Play, RotateCw, Square } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button, IconButton } from '../../components/controls/button.tsx';
import { Tabs } from '../../components/controls/tabs.tsx';
import { StateLabel } from '../../components/drawing/state-label.tsx';
import { Loading } from '../../components/layout/loading.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page } from '../../components/layout/page.tsx';
import { PortLinks } from '../../components/layout/port-links.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import type { MenuAnchor } from '../../components/overlay/menu.tsx';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { findContainer, useContainers } from '../../stores/containers/containers.ts';
import { formatRoute, go, replaceRoute, type DetailsTab } from '../../stores/window/navigation.ts';
import { followLink } from '../../stores/window/open-url.ts';
import { containerPanels } from '../../stores/window/screens.ts';
import { useDetailsKeys } from './details-keys.ts';
import { t } from '../../i18n/i18n.ts';
import './container-details.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface DetailsPageProps {
  /** An ID, the beginning of one, or a name, as addresses hold it. */
  containerKey: string;
  tab: DetailsTab;
  menu(view: ContainerView, anchor: MenuAnchor, onClose: () => void): ReactNode;
}

/** The frame of one container's pages. Panels come from other features, so they are handed in. */
export function DetailsPage({ containerKey, tab, menu }: DetailsPageProps) {
  const status = useContainers((state) => state.status);
  const view = useContainers((state) => findContainer(state.containers, containerKey));
  if (view !== undefined) return <Details view={view} tab={tab} menu={menu} />;
  return (
    <Page label={t('container-details:tabs.label')} bar={<h1>{t('container-details:tabs.label')}</h1>}>
      {status === 'unread' ? (
        <SkeletonRows label={t('container-details:reading')} />
      ) : (
        <Notice title={t('container-details:gone')} action={<Button onClick={() => replaceRoute({ page: 'containers' })}>{t('container-details:back')}</Button>}>
          {t('container-details:goneBody', { key: containerKey.slice(0, 64) })}
        </Notice>
      )}
    </Page>
  );
}

function Details({ view, tab: wanted, menu }: { view: ContainerView; tab: DetailsTab; menu: DetailsPageProps['menu'] }) {
  const [anchor, setAnchor] = useState<MenuAnchor>();
  const pick = (next: DetailsTab): void => go({ page: 'container', id: view.id, tab: next });
  const panels = containerPanels();
  const panel = panels.find(({ tab }) => tab === wanted) ?? panels[0];
  useDetailsKeys(pick);
  if (panel === undefined) return null;
  const { tab } = panel;

  return (
    <Page label={view.name} bar={<DetailsBar view={view} onMenu={setAnchor} />}>
      <Tabs
        label={t('container-details:tabs.label')}
        value={tab}
        onPick={pick}
        items={panels.map(({ tab: value, label, Count }) => ({ value, label: t(label), ...(Count === undefined ? {} : { count: <Count view={view} /> }) }))}
      >
        <Loading>
          <panel.Panel key={view.id} view={view} />
        </Loading>
      </Tabs>
      {anchor !== undefined && menu(view, anchor, () => setAnchor(undefined))}
    </Page>
  );
}

function DetailsBar({ view, onMenu }: { view: ContainerView; onMenu(anchor: MenuAnchor): void }) {
  const pending = useContainers((state) => state.pending[view.id]);
  const state = shownState(view, pending);
  const isContainerUp = isUp(view.condition);
  const published = view.ports.filter(({ publicPort }) => publicPort !== undefined);
  return (
    <>
      <nav className="crumbs" aria-label={t('container-details:tabs.label')}>
        <a className="details-bar__crumb" href={formatRoute({ page: 'containers' })}>
          {t('container-details:containers')}
        </a>
        <ChevronRight {...icon} className="details-bar__crumb" />
        {view.project !== undefined && (
          <>
            <span className="details-bar__crumb details-bar__project cut isolated">{view.project}</span>
            <ChevronRight {...icon} className="details-bar__crumb" />
          </>
        )}
        <h1 className="isolated" data-tip={view.name} data-tip-cut="">
          {view.name}
        </h1>
      </nav>
      <div className="details-bar__facts">
        <StateLabel shape={state.shape} word={state.word} strong={state.strong} />
        <code className="details-bar__image cut isolated" data-tip={view.image} data-tip-cut="">
          {view.image}
        </code>
        {published.length > 0 && <PortLinks ports={published} onFollow={followLink} atMost={3} />}
      </div>
      <span className="top-bar__gap" />
      <Button
        disabled={pending !== undefined}
        icon={isContainerUp ? <Square {...icon} size={11} fill="currentColor" /> : <Play {...icon} />}
        onClick={() => void act(isContainerUp ? 'stop' : 'start', [view.id])}
      >
        {isContainerUp ? t('container-details:stop') : t('container-details:start')}
      </Button>
      <Button disabled={pending !== undefined || !isContainerUp} icon={<RotateCw {...icon} />} onClick={() => void act('restart', [view.id])}>
        {t('container-details:restart')}
      </Button>
      <IconButton
        label={t('container-details:more', { name: view.name })}
        className="icon-button--framed"
        aria-haspopup="menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          onMenu({ x: box.right - 190, y: box.bottom + 4 });
        }}
      >
        <Ellipsis {...icon} />
      </IconButton>
    </>
  );
}
