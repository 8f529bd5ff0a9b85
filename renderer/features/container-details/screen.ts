import { containerPanel } from '../../stores/window/screens.ts';

export const overviewPanel = containerPanel({
  tab: 'overview',
  label: 'container-details:tabs.overview',
  load: () => import('./overview.tsx').then(({ Overview }) => ({ default: Overview })),
});

export const processesPanel = containerPanel({ tab: 'processes', label: 'container-details:tabs.processes', load: () => import('./processes/processes-panel.tsx') });

export const inspectPanel = containerPanel({ tab: 'inspect', label: 'container-details:tabs.inspect', load: () => import('./inspect/inspect-panel.tsx') });
