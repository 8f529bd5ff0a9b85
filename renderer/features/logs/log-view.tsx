import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import type { ContainerView } from '../../format/engine/container.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useLogIndex } from '../../stores/containers/log-index.ts';
import { IndexedLog } from './indexed/indexed-log.tsx';
import type { SourcesMenuState } from './indexed/sources-menu.tsx';
import { PlainLogView } from './plain-log-view.tsx';

/** The log of one container, with others merged into it as wanted. */
export default function LogView({ view }: { view: ContainerView }) {
  const [others, setOthers] = useState<readonly string[]>([]);
  return <MergedLogView first={view} ids={[view.id, ...others]} onPick={(ids) => setOthers(ids.filter((id) => id !== view.id))} />;
}

export interface MergedLogViewProps {
  /** Shown when the engine can show only one. */
  first: ContainerView;
  ids: readonly string[];
  onPick(ids: readonly string[]): void;
}

/** Logs by the engine's index, or without it as well as goes. */
export function MergedLogView({ first, ids, onPick }: MergedLogViewProps) {
  const { index, failure, ask } = useLogIndex();
  const all = useContainers(({ containers }) => containers);
  const [menu, setMenu] = useState<SourcesMenuState>({ isOpen: false, filter: '' });
  useEffect(ask, [ask]);
  // The list is read again with every event; the views of those that are shown change more rarely.
  const key = ids.join();
  const views = useMemo(() => key.split(',').flatMap((id) => all.find((one) => one.id === id) ?? []), [key, all]);
  if (failure !== undefined && index === undefined) {
    return (
      <Notice title={t('logs:failed')} action={<Button onClick={ask}>{t('logs:again')}</Button>}>
        <p>{sentences(failure.message, failure.hint)}</p>
      </Notice>
    );
  }
  if (index === undefined) return <SkeletonRows label={t('logs:connecting')} />;
  if (!index) return <PlainLogView key={first.id} view={first} />;
  return <IndexedLog key={key} views={views} ids={key.split(',')} all={all} menu={menu} onMenu={setMenu} onPick={onPick} />;
}
