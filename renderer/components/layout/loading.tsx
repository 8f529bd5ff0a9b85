import { Component, Suspense, type ReactNode } from 'react';
import { Button } from '../controls/button.tsx';
import { t } from '../../i18n/i18n.ts';
import { Notice } from './notice.tsx';
import { SkeletonRows } from './skeleton.tsx';

/** Bars in place of what comes, and a way out when it does not come. */
export function Loading({ children }: { children: ReactNode }) {
  return (
    <ChunkBoundary>
      <Suspense fallback={<SkeletonRows label={t('common:loading')} />}>{children}</Suspense>
    </ChunkBoundary>
  );
}

/** A window that was built anew since it was opened has no longer the chunks that this page asks for. */
class ChunkBoundary extends Component<{ children: ReactNode }, { failure: Error | undefined }> {
  override state = { failure: undefined as Error | undefined };

  static getDerivedStateFromError(failure: Error): { failure: Error } {
    return { failure };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    return (
      <Notice title={t('common:chunkFailed')} action={<Button onClick={() => location.reload()}>{t('common:reload')}</Button>}>
        <p>{t('common:chunkFailedBody')}</p>
        <p>{failure.message}</p>
      </Notice>
    );
  }
}
