import { Button } from '../../components/controls/button.tsx';
import { StateLabel } from '../../components/drawing/state-label.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { findContainer, useContainers } from '../../stores/containers/containers.ts';
import { go, replaceRoute, type RouteOf } from '../../stores/window/navigation.ts';
import { t } from '../../i18n/i18n.ts';
import { MergedLogView } from './log-view.tsx';

/** The logs of any containers, merged by time; the address names them. */
export default function LogsPage({ route: { id } }: { route: RouteOf<'logs'> }) {
  const { containers, status } = useContainers();
  const named = (id ?? '').split(',').flatMap((key) => (key === '' ? [] : (findContainer(containers, key) ?? [])));
  const first = named[0] ?? favourite(containers);
  const shown = named.length > 0 ? named : first === undefined ? [] : [first];
  const state = first && shownState(first, undefined);
  return (
    <Page
      label={t('logs:page')}
      bar={
        <>
          <h1>{t('logs:page')}</h1>
          {first !== undefined && state !== undefined && shown.length === 1 && (
            <>
              <span className="cut isolated">{first.name}</span>
              <StateLabel shape={state.shape} word={state.word} strong={state.strong} />
            </>
          )}
          {shown.length > 1 && <span className="logs-page__count">{t('logs:containers', { count: shown.length })}</span>}
        </>
      }
    >
      {first !== undefined && <MergedLogView first={first} ids={shown.map((view) => view.id)} onPick={(ids) => replaceRoute({ page: 'logs', id: ids.join() })} />}
      {first === undefined && status === 'unread' && <SkeletonRows label={t('logs:connecting')} />}
      {first === undefined && status === 'ready' && <Notice title={t('logs:none')} action={<Button onClick={() => go({ page: 'run', image: '' })}>{t('logs:run')}</Button>}>{''}</Notice>}
    </Page>
  );
}

/** The newest that runs, or the newest of all: most likely the one in question. */
function favourite(containers: readonly ContainerView[]): ContainerView | undefined {
  return containers.toSorted((a, b) => Number(isUp(b.condition)) - Number(isUp(a.condition)) || b.created - a.created)[0];
}
