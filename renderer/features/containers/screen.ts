import { Container } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';
import { ContainerCounts } from './container-counts.tsx';

export const containersScreen = screen({
  page: 'containers',
  destination: { label: 'shell:destinations.containers', icon: Container, key: 'C', order: 20, route: { page: 'containers' }, Counts: ContainerCounts },
  load: () => import('./containers-page.tsx'),
});
