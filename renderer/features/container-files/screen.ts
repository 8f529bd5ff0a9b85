import { containerPanel } from '../../stores/window/screens.ts';

export const filesPanel = containerPanel({ tab: 'files', label: 'files:tab', load: () => import('./files-panel.tsx') });
