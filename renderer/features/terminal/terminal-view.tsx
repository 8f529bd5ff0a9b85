import { lazy, Suspense } from 'react';
import type { ContainerView } from '../../format/engine/container.ts';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { text } from './text.ts';

/** xterm is a third of the window's code and most visits do without it. */
const TerminalPanel = lazy(() => import('./terminal-panel.tsx'));

export function TerminalView({ view }: { view: ContainerView }) {
  return (
    <Suspense fallback={<SkeletonRows label={text.loading} rows={1} />}>
      <TerminalPanel view={view} />
    </Suspense>
  );
}
