import { containerPanel } from '../../stores/window/screens.ts';
import { SessionCount } from './session-count.tsx';

/** xterm is a third of the window's code and most visits do without it. */
export const terminalPanel = containerPanel({
  tab: 'terminal',
  label: 'container-details:tabs.terminal',
  Count: SessionCount,
  load: () => import('./terminal-panel.tsx'),
});
