import { ScrollText } from 'lucide-react';
import { containerPanel, screen } from '../../stores/window/screens.ts';

export const logsScreen = screen({
  page: 'logs',
  destination: { label: 'shell:destinations.logs', icon: ScrollText, key: 'L', order: 70, route: { page: 'logs', id: undefined } },
  load: () => import('./logs-page.tsx'),
});

export const logsPanel = containerPanel({
  tab: 'logs',
  label: 'container-details:tabs.logs',
  load: () => import('./log-view.tsx'),
});
