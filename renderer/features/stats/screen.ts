import { ChartLine } from 'lucide-react';
import { containerPanel, screen } from '../../stores/window/screens.ts';

export const statsScreen = screen({
  page: 'stats',
  destination: { label: 'stats:page', icon: ChartLine, key: 'S', order: 75, route: { page: 'stats' } },
  load: () => import('./stats-page.tsx'),
});

export const statsPanel = containerPanel({ tab: 'stats', label: 'stats:tab', load: () => import('./stats-panel.tsx') });
