import { ArrowDown, Container, Layers, ScrollText, Search, Settings, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { KeyCap } from '../../components/controls/key-cap.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { Mark } from '../../components/drawing/mark.tsx';
import { useClock } from '../../stores/window/clock.ts';
import { countContainers } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { useEvidence } from '../../stores/containers/evidence.ts';
import { useImages } from '../../stores/images.ts';
import { formatRoute, useNavigation, type Route } from '../../stores/window/navigation.ts';
import { useTransfers } from '../../stores/pulls.ts';
import { EngineFoot } from './engine-foot.tsx';
import { text } from './text.ts';
import './shell.css';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const pagesOf: Record<string, readonly Route['page'][]> = { containers: ['containers', 'container', 'run'], images: ['images'], logs: ['logs'], settings: ['settings'] };

function NavItem({ to, label, glyph, children }: { to: 'containers' | 'images' | 'logs' | 'settings'; label: string; glyph: ReactNode; children?: ReactNode }) {
  const isCurrent = useNavigation(({ route }) => pagesOf[to]?.includes(route.page) === true);
  const route: Route = to === 'logs' ? { page: 'logs', id: undefined } : { page: to };
  return (
    <a href={formatRoute(route)} aria-current={isCurrent ? 'page' : undefined} title={label}>
      {glyph}
      <span className="nav__word">{label}</span>
      {children}
    </a>
  );
}

/** Only destinations that exist. In a narrow window it is a rail; the words stay for screen readers and tooltips. */
export function Sidebar() {
  return (
    <aside className="sidebar" data-region="sidebar">
      <div className="sidebar__name">
        <Mark size={24} />
        <span>Slipway</span>
      </div>
      <button type="button" className="sidebar__search" aria-keyshortcuts="Control+K Meta+K" title={text.search} onClick={() => openDialog({ kind: 'palette' })}>
        <Search size={14} strokeWidth={1.75} aria-hidden="true" />
        <span>{text.search}</span>
        <KeyCap chord="mod+K" />
      </button>
      <nav className="nav" aria-label={text.regions.navigation}>
        <NavItem to="containers" label={text.destinations.containers} glyph={<Container {...icon} />}>
          <ContainerCounts />
        </NavItem>
        <NavItem to="images" label={text.destinations.images} glyph={<Layers {...icon} />}>
          <ImageCounts />
        </NavItem>
        <NavItem to="logs" label={text.destinations.logs} glyph={<ScrollText {...icon} />} />
      </nav>
      <div className="sidebar__gap" />
      <nav className="nav" aria-label={text.destinations.settings}>
        <NavItem to="settings" label={text.destinations.settings} glyph={<Settings {...icon} />} />
      </nav>
      <EngineFoot />
    </aside>
  );
}

function ContainerCounts() {
  const containers = useContainers((state) => state.containers);
  const isRead = useContainers((state) => state.status === 'ready');
  const evidence = useEvidence((state) => state.byId);
  // Fresh failures age out of attention by the minute, not by the second.
  const minute = useClock(({ now }) => Math.floor(now / 60_000));
  if (!isRead) return null;
  const { attention, all } = countContainers(containers, evidence, minute * 60_000);
  return (
    <>
      {attention > 0 && (
        <span className="nav__attention numbers" title={text.attention(attention)}>
          <TriangleAlert size={13} strokeWidth={1.9} aria-hidden="true" />
          <StateGlyph shape="unhealthy" size={10} />
          <span className="unseen">{text.attention(attention)}</span>
          <span aria-hidden="true">{attention}</span>
        </span>
      )}
      <span className="nav__count numbers">{all}</span>
    </>
  );
}

function ImageCounts() {
  const count = useImages(({ status, images }) => (status === 'ready' ? images.length : undefined));
  const underWay = useTransfers(({ transfers }) => transfers.filter(({ failure }) => failure === undefined).length);
  return (
    <>
      {underWay > 0 && (
        <span className="nav__busy numbers">
          <ArrowDown size={12} strokeWidth={2} aria-hidden="true" />
          {underWay}
        </span>
      )}
      {count !== undefined && <span className="nav__count numbers">{count}</span>}
    </>
  );
}
