import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { useClock } from '../../stores/window/clock.ts';
import { countContainers, setFilter, setTab, shownOf, useContainerList } from '../../stores/containers/container-list.ts';
import { compareNames } from '../../i18n/intl.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useEvidence } from '../../stores/containers/evidence.ts';
import { useIsStale } from '../../stores/stale.ts';
import { go } from '../../stores/window/navigation.ts';
import { useRunChord } from '../../stores/window/run-keys.ts';
import { ContainerTable } from './container-table.tsx';
import { EmptyContainers } from './empty-containers.tsx';
import { ListBar } from './list-bar.tsx';
import { ChosenContainers } from './chosen-containers.tsx';
import { t } from '../../i18n/i18n.ts';
import './containers.css';

function focusList(): void {
  document.querySelector<HTMLElement>('[data-region=list] [tabindex="0"]')?.focus();
}

export default function ContainersPage() {
  const isStale = useIsStale();
  const runChord = useRunChord();
  const { status, containers, readAt } = useContainers();
  const { tab, filter, selected } = useContainerList();
  const evidence = useEvidence((state) => state.byId);
  const minute = useClock(({ now }) => Math.floor(now / 60_000));

  const counts = useMemo(() => countContainers(containers, evidence, minute * 60_000), [containers, evidence, minute]);
  const byName = useMemo(() => [...containers].sort((a, b) => compareNames(a.name, b.name)), [containers]);
  const shown = useMemo(() => shownOf(byName, { tab, filter }, evidence, minute * 60_000), [byName, tab, filter, evidence, minute]);
  // What the filter hides is not acted on: nobody sees it.
  const chosen = shown.filter(({ id }) => selected.has(id));
  const isEmpty = status === 'ready' && containers.length === 0;

  return (
    <Page
      label={t('containers:page')}
      bar={
        <>
          <h1>{t('containers:page')}</h1>
          <span className="top-bar__gap" />
          {!isEmpty && (
            <FilterField
              label={t('containers:filter')}
              value={filter}
              onValue={setFilter}
              keys="/"
              onLeave={focusList}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
                event.preventDefault();
                focusList();
              }}
            />
          )}
          <Button kind="primary" keys={runChord} icon={<Plus size={15} strokeWidth={1.9} aria-hidden="true" />} onClick={() => go({ page: 'run', image: '' })}>
            {t('containers:run')}
          </Button>
        </>
      }
    >
      {status === 'unread' && <SkeletonRows label={t('containers:reading')} />}
      {isEmpty && <EmptyContainers />}
      {status === 'ready' && !isEmpty && (
        <>
          {chosen.length > 0 ? <ChosenContainers chosen={chosen} /> : <ListBar counts={counts} hasProjects={containers.some(({ project }) => project !== undefined)} staleSince={isStale ? readAt : undefined} />}
          {shown.length > 0 ? <ContainerTable shown={shown} isStale={isStale} /> : <NoRows />}
        </>
      )}
    </Page>
  );
}

function NoRows() {
  const { filter, tab } = useContainerList();
  return (
    <p className="one-line isolated" role="status">
      {filter.trim() !== '' ? (
        <>
          {t('containers:noMatch', { filter: filter.trim() })} <LinkButton onClick={() => setFilter('')}>{t('containers:clearFilter')}</LinkButton>
        </>
      ) : (
        <>
          {t(`containers:emptyTab.${tab}`)} <LinkButton onClick={() => setTab('all')}>{t('containers:showAll')}</LinkButton>
        </>
      )}
    </p>
  );
}
