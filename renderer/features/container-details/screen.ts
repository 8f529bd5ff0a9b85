import { containerPanel } from '../../stores/window/screens.ts';

export const overviewPanel = containerPanel({
  tab: 'overview',
  label: 'container-details:tabs.overview',
  load: () => import('./overview.tsx').then(({ Overview }) => ({ default: Overview })),
});
