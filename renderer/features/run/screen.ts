import { screen } from '../../stores/window/screens.ts';

export const runScreen = screen({ page: 'run', under: 'containers', hidesStrip: true, load: () => import('./run-page.tsx') });
