import { Settings } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';

export const settingsScreen = screen({
  page: 'settings',
  destination: { label: 'shell:destinations.settings', icon: Settings, order: 100, isFoot: true, route: { page: 'settings' } },
  load: () => import('./settings-page.tsx'),
});
