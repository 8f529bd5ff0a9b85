import { containerPanel } from '../../stores/window/screens.ts';

export const changesPanel = containerPanel({ tab: 'changes', label: 'changes:tab', load: () => import('./changes-panel.tsx') });
