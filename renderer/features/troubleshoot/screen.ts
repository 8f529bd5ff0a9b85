import { Wrench } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';

export const troubleshootScreen = screen({
  page: 'troubleshoot',
  destination: { label: 'shell:destinations.troubleshoot', icon: Wrench, order: 110, isFoot: true, route: { page: 'troubleshoot' } },
  load: () => import('./troubleshoot-page.tsx'),
});
