import { HardDrive } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';

export const diskScreen = screen({
  page: 'disk',
  destination: { label: 'shell:destinations.disk', icon: HardDrive, key: 'D', order: 80, route: { page: 'disk' } },
  load: () => import('./disk-page.tsx'),
});
