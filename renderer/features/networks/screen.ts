import { Waypoints } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';
import { NetworkCounts } from './network-counts.tsx';

const load = () => import('./networks-page.tsx');

export const networksScreen = screen({
  page: 'networks',
  destination: { label: 'shell:destinations.networks', icon: Waypoints, key: 'N', order: 50, route: { page: 'networks' }, Counts: NetworkCounts },
  load,
});

/** The same page with one network picked. */
export const networkScreen = screen({ page: 'network', under: 'networks', load });
