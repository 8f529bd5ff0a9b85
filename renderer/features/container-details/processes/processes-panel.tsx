import { useEffect, useMemo, useState } from 'react';
import { RadioTower } from 'lucide-react';
import type { IpcFailure } from '../../../api.ts';
import { Button } from '../../../components/controls/button.tsx';
import { FilterField } from '../../../components/controls/filter-field.tsx';
import { Notice } from '../../../components/layout/notice.tsx';
import { SubBar } from '../../../components/layout/page.tsx';
import { SkeletonRows } from '../../../components/layout/skeleton.tsx';
import { ErrorState } from '../../../components/layout/states.tsx';
import { DataTable } from '../../../components/table/data-table.tsx';
import type { Column, Sort } from '../../../components/table/table-types.ts';
import { formatMemory } from '../../../format/bytes.ts';
import { isUp, type ContainerView } from '../../../format/engine/container.ts';
import { docker } from '../../../format/engine/docker-command.ts';
import { formatPercent } from '../../../format/usage.ts';
import { t } from '../../../i18n/i18n.ts';
import { readProcesses, type ProcessTable } from '../../../stores/containers/processes.ts';
import { beginCommand } from '../../../stores/window/commands.ts';
import { openDialog } from '../../../stores/window/dialogs.ts';

const everyMs = 2000;

interface Read {
  table: ProcessTable | undefined;
  failure: IpcFailure | undefined;
}

/** No event tells of a process, so they are read again while someone looks. */
function useProcesses(id: string, isLive: boolean): Read & { again(): void } {
  const [state, setState] = useState<Read>({ table: undefined, failure: undefined });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!isLive) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      try {
        const table = await readProcesses(id);
        if (isCurrent) setState({ table, failure: undefined });
      } catch (error) {
        if (isCurrent) setState((before) => ({ ...before, failure: error as IpcFailure }));
      }
      if (isCurrent && !document.hidden) timer = setTimeout(() => void read(), everyMs);
    };
    const onVisible = (): void => {
      clearTimeout(timer);
      if (!document.hidden) void read();
    };
    document.addEventListener('visibilitychange', onVisible);
    void read();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [id, isLive, round]);
  return { ...state, again: () => setRound(round + 1) };
}

/** What runs inside: `docker top`. */
export default function ProcessesPanel({ view }: { view: ContainerView }) {
  const isLive = isUp(view.condition) && view.condition !== 'restarting';
  const { table, failure, again } = useProcesses(view.id, isLive);
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<Sort>();

  useEffect(() => {
    if (!isLive) return;
    const command = beginCommand(docker.top(view.name), `GET /containers/${view.name}/top`);
    command.live(t('actions:open'));
    return () => command.done(t('actions:closed'));
  }, [isLive, view.name]);

  const titles = table?.titles.join(' ') ?? '';
  const columns = useMemo(() => columnsOf(titles === '' ? [] : titles.split(' ')), [titles]);
  const rows = useMemo(() => (table?.rows ?? []).filter((row) => row.join(' ').toLowerCase().includes(filter.toLowerCase())), [table, filter]);
  const pidAt = table?.titles.indexOf('PID') ?? 0;

  if (!isLive) return <Notice title={t('container-details:processes.notRunning')}>{t('container-details:processes.notRunningBody')}</Notice>;
  if (table === undefined) return failure === undefined ? <SkeletonRows label={t('container-details:processes.reading')} rows={4} /> : <ErrorState title={t('container-details:processes.failed')} failure={failure} onAgain={again} />;
  return (
    <>
      <SubBar label={t('container-details:processes.bar')}>
        <FilterField label={t('container-details:processes.filter')} value={filter} onValue={setFilter} keys="/" />
        <span className="details-note numbers">{t('container-details:processes.count', { count: table.rows.length })}</span>
        <span className="top-bar__gap" />
        <Button icon={<RadioTower size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => openDialog({ kind: 'container-action', action: 'signal', id: view.id })}>
          {t('container-details:processes.signal')}
        </Button>
      </SubBar>
      {rows.length === 0 ? (
        <p className="list-note">{t('container-details:processes.noMatch', { filter })}</p>
      ) : (
        <DataTable label={t('container-details:processes.table')} rows={rows} keyOf={(row) => row[pidAt] ?? row.join()} nameOf={(row) => row.at(-1) ?? ''} columns={columns} sort={sort} onSort={setSort} isStale={failure !== undefined} />
      )}
    </>
  );
}

const widths: Record<string, string> = { PID: '72px', PPID: '72px', USER: '96px', UID: '96px', '%CPU': '64px', RSS: '84px', ELAPSED: '96px', STIME: '72px', TTY: '64px', TIME: '84px', C: '40px' };
const numbers = new Set(['PID', 'PPID', '%CPU', 'RSS', 'C']);
/** They go first where room is short. */
const spare: Record<string, number> = { PPID: 760, ELAPSED: 620, STIME: 620, TTY: 760, C: 760, TIME: 560 };

function columnsOf(titles: readonly string[]): Column<string[]>[] {
  return titles.map((title, index) => {
    const isLast = index === titles.length - 1;
    const isNumber = numbers.has(title);
    return {
      id: title,
      label: wordOf(title),
      width: isLast ? 'minmax(0, 1fr)' : (widths[title] ?? '88px'),
      isNumber,
      ...(spare[title] === undefined ? {} : { hiddenBelow: spare[title] }),
      sortBy: (row: string[]) => (isNumber ? Number(row[index]) : (row[index] ?? '')),
      cell: (row: string[]) => (isLast ? <code className="cut isolated selectable">{row[index]}</code> : title === 'RSS' ? formatMemory(Number(row[index]) * 1024) : title === '%CPU' ? formatPercent(Number(row[index])) : <span className="isolated">{row[index]}</span>),
    };
  });
}

/** The heads that a person may not know are words; the others are those of `ps`. */
function wordOf(title: string): string {
  switch (title) {
    case 'USER':
    case 'UID':
      return t('container-details:processes.user');
    case '%CPU':
      return t('stats:cpu');
    case 'RSS':
      return t('stats:memory');
    case 'ELAPSED':
    case 'STIME':
      return t('container-details:processes.since');
    case 'PPID':
      return t('container-details:processes.parent');
    case 'COMMAND':
    case 'CMD':
      return t('container-details:processes.command');
    default:
      return title;
  }
}
