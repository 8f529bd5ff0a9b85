import { Button } from '../../components/controls/button.tsx';
import { Select } from '../../components/controls/select.tsx';
import { StateLabel } from '../../components/drawing/state-label.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { findContainer, useContainers } from '../../stores/containers/containers.ts';
import { go, replaceRoute, type RouteOf } from '../../stores/window/navigation.ts';
import { LogView } from './log-view.tsx';
import { t } from '../../i18n/i18n.ts';
import { compareNames } from '../../i18n/intl.ts';

/** The log of any container, without leaving the page for another one. */
export default function LogsPage({ route: { id } }: { route: RouteOf<'logs'> }) {
  const { containers, status } = useContainers();
  const view = (id === undefined ? undefined : findContainer(containers, id)) ?? favourite(containers);
  const state = view && shownState(view, undefined);
  return (
    <Page
      label={t('logs:page')}
      bar={
        <>
          <h1>{t('logs:page')}</h1>
          {view !== undefined && state !== undefined && (
            <>
              <Select className="logs-page__pick" aria-label={t('logs:pick')} value={view.id} onChange={(event) => replaceRoute({ page: 'logs', id: event.target.value })}>
                {containers.toSorted(byName).map((container) => (
                  <option key={container.id} value={container.id}>
                    {container.name}
                  </option>
                ))}
              </Select>
              <StateLabel shape={state.shape} word={state.word} strong={state.strong} />
            </>
          )}
        </>
      }
    >
      {view !== undefined && <LogView key={view.id} view={view} />}
      {view === undefined && status === 'unread' && <SkeletonRows label={t('logs:connecting')} />}
      {view === undefined && status === 'ready' && <Notice title={t('logs:none')} action={<Button onClick={() => go({ page: 'run', image: '' })}>{t('logs:run')}</Button>}>{''}</Notice>}
    </Page>
  );
}

const byName = (a: ContainerView, b: ContainerView): number => compareNames(a.name, b.name);

/** The newest that runs, or the newest of all: most likely the one in question. */
function favourite(containers: readonly ContainerView[]): ContainerView | undefined {
  return containers.toSorted((a, b) => Number(isUp(b.condition)) - Number(isUp(a.condition)) || b.created - a.created)[0];
}
