import { lazy } from 'react';
import { Loading } from '../layout/loading.tsx';
import type { CodeViewProps } from './code-view.tsx';

const Editor = lazy(() => import('./code-view.tsx'));

/** {@link import('./code-view.tsx').default}, loaded when it is first shown. */
export function CodeView(props: CodeViewProps) {
  return (
    <Loading>
      <Editor {...props} />
    </Loading>
  );
}
