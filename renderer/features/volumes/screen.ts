import { Database } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';
import { VolumeCounts } from './volume-counts.tsx';

export const volumesScreen = screen({
  page: 'volumes',
  destination: { label: 'shell:destinations.volumes', icon: Database, key: 'V', order: 40, route: { page: 'volumes' }, Counts: VolumeCounts },
  load: () => import('./volumes-page.tsx'),
});

export const volumeScreen = screen({ page: 'volume', under: 'volumes', load: () => import('./volume-page.tsx') });
