import { Search } from 'lucide-react';
import { KeyCap } from '../../components/controls/key-cap.tsx';
import { Mark } from '../../components/drawing/mark.tsx';
import { t } from '../../i18n/i18n.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { formatRoute, useNavigation } from '../../stores/window/navigation.ts';
import { destinations, litPage, type Destination } from '../../stores/window/screens.ts';
import { EngineFoot } from './engine-foot.tsx';
import './shell.css';

function NavItem({ destination: { route, label, icon: Icon, Counts } }: { destination: Destination }) {
  const isCurrent = useNavigation((state) => litPage(state.route.page) === route.page);
  return (
    <a href={formatRoute(route)} aria-current={isCurrent ? 'page' : undefined} data-tip={t(label)} data-tip-cut="">
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span className="nav__word">{t(label)}</span>
      {Counts !== undefined && <Counts />}
    </a>
  );
}

/** Only destinations that exist. In a narrow window it is a rail; the words stay for screen readers and tooltips. */
export function Sidebar() {
  const all = destinations();
  const items = (isFoot: boolean) => all.filter((one) => (one.isFoot === true) === isFoot).map((one) => <NavItem key={one.label} destination={one} />);
  return (
    <aside className="sidebar" data-region="sidebar">
      <div className="sidebar__name">
        <Mark size={24} />
        <span>Slipway</span>
      </div>
      <button type="button" className="sidebar__search" aria-keyshortcuts="Control+K Meta+K" data-tip={t('shell:search')} data-tip-cut="" data-tip-keys="mod+K" onClick={() => openDialog({ kind: 'palette' })}>
        <Search size={14} strokeWidth={1.75} aria-hidden="true" />
        <span>{t('shell:search')}</span>
        <KeyCap chord="mod+K" />
      </button>
      <nav className="nav" aria-label={t('shell:regions.navigation')}>
        {items(false)}
      </nav>
      <div className="sidebar__gap" />
      <nav className="nav" aria-label={t('shell:destinations.settings')}>
        {items(true)}
      </nav>
      <EngineFoot />
    </aside>
  );
}
