import { House } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';

export const homeScreen = screen({
  page: 'home',
  destination: { label: 'shell:destinations.home', icon: House, key: 'H', order: 0, route: { page: 'home' } },
  load: () => import('./home-page.tsx'),
});
