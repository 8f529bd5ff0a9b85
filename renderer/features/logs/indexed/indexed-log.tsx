import { X } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Button, IconButton } from '../../../components/controls/button.tsx';
import { Notice } from '../../../components/layout/notice.tsx';
import { SkeletonRows } from '../../../components/layout/skeleton.tsx';
import { docker } from '../../../format/engine/docker-command.ts';
import { isUp, type ContainerView } from '../../../format/engine/container.ts';
import { sentences } from '../../../format/sentence.ts';
import { t } from '../../../i18n/i18n.ts';
import { useConnection } from '../../../stores/connection.ts';
import { beginCommand } from '../../../stores/window/commands.ts';
import { saveToFile } from '../../../stores/window/file-transfer.ts';
import { useRate } from '../use-rate.ts';
import '../logs.css';
import './indexed-log.css';
import { columnsOf, isMessage, jsonOf } from './json-line.ts';
import { LogFoot } from './log-foot.tsx';
import { LogRow } from './log-row.tsx';
import { LogSession, type LineFilter, type Search, type ShownLine } from './log-session.ts';
import { LogTools, type LineLook } from './log-tools.tsx';
import { MarkMap } from './log-marks.tsx';
import { RowView, type RowViewHandle } from './row-view.tsx';
import { shortName, SourcesMenu, type SourcesMenuState } from './sources-menu.tsx';
import { useHighlights } from './use-highlights.ts';
import { useLogKeys } from './use-log-keys.ts';

const noSearch: Search = { pattern: '', isExpression: false, matchCase: false };
const placesAtMost = 1000;
/** The search begins when the person pauses to type. */
const typingPause = 120;

export interface IndexedLogProps {
  views: readonly ContainerView[];
  ids: readonly string[];
  all: readonly ContainerView[];
  menu: SourcesMenuState;
  onMenu(menu: SourcesMenuState): void;
  onPick(ids: readonly string[]): void;
}

/** Logs of any size by the engine's index. Keyed by the containers: others are another session. */
export function IndexedLog({ views, ids, all, menu, onMenu, onPick }: IndexedLogProps) {
  const [session] = useState(() => new LogSession(ids));
  const [isFollowing, setFollowing] = useState(true);
  const [leftAt, setLeftAt] = useState(0);
  const [search, setSearch] = useState(noSearch);
  const [current, setCurrent] = useState<number>();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [look, setLook] = useState<LineLook>({ showsTime: true, isWrapped: false, hasColumns: false });
  const [top, setTop] = useState(0);
  const rowView = useRef<RowViewHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const isConnected = useConnection(({ transport, engine }) => transport === 'connected' && engine.status !== 'away');
  const version = useSyncExternalStore(session.subscribe, session.version);
  const { status, filter, found, state } = session;
  const rate = useRate(() => session.state.End ?? 0, status.status === 'live');
  const isRunning = views.some((view) => isUp(view.condition));

  useCommand(views);
  useEffect(() => {
    if (!isConnected) return;
    session.open();
    return () => session.close();
  }, [session, isConnected]);

  const shown = useMemo(
    () => linesInView(session, isFollowing ? session.rows - inView : top),
    // Pages are read into the session; its version tells.
    // oxlint-disable-next-line react/exhaustive-deps
    [session, version, isFollowing, top],
  );
  const hitsOf = useHighlights(shown, search);
  const places = useMemo(
    () => session.matchPlaces(placesAtMost),
    // The matches grow in place: their number tells.
    // oxlint-disable-next-line react/exhaustive-deps
    [session, found?.listed, found?.isDone, state.End],
  );

  function follow(isOn: boolean): void {
    if (isOn === isFollowing) return;
    setFollowing(isOn);
    if (!isOn) setLeftAt(session.state.End ?? 0);
  }

  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  function find(next: Search): void {
    setSearch(next);
    setCurrent(undefined);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => session.setSearch(next.pattern === '' ? undefined : next), typingPause);
  }

  function step(by: 1 | -1): void {
    // From what is in view, in the direction that is asked for.
    const from = session.line(isFollowing ? session.rows - 1 : top);
    void session.step(isFollowing && by > 0 ? undefined : from, by, current).then((at) => {
      if (at === undefined) return;
      follow(false);
      setCurrent(at.index);
      rowView.current?.show(at.row);
    });
  }

  function filterBy(next: LineFilter): void {
    session.setFilter(next);
    setFollowing(true);
  }

  useLogKeys({ field, isFollowing, onFollow: follow });

  const toggle = useCallback((line: ShownLine) => {
    const key = `${line.source}:${line.line}`;
    setOpen((before) => (before.has(key) ? new Set([...before].filter((one) => one !== key)) : new Set([...before, key])));
  }, []);
  const onlyThis = useCallback(
    (only: string) => {
      session.setFilter({ ...session.filter, only });
      setFollowing(true);
    },
    [session],
  );

  const names = views.length > 1 ? ids.map((id) => views.find((view) => view.id === id)).map((view) => (view === undefined ? '' : shortName(view))) : undefined;
  const now = current === undefined ? undefined : session.match(current);
  const columns = look.hasColumns ? columnsOf(shown.map(jsonOf).filter((json) => json !== undefined)) : undefined;
  const newLines = isFollowing ? 0 : (state.End ?? 0) - leftAt;

  function rows(from: number, to: number) {
    const drawn = [];
    for (let row = from; row < to; row += 1) {
      const line = session.line(row);
      if (line === undefined) {
        drawn.push(<div key={row} className="log-line log-line--unread" />);
        continue;
      }
      const key = `${line.source}:${line.line}`;
      drawn.push(
        <LogRow
          key={key}
          line={line}
          source={names?.[line.source]}
          hits={hitsOf(line)}
          isNow={now !== undefined && now.line === line.line && now.source === line.source}
          isOpen={open.has(key)}
          showsTime={look.showsTime}
          columns={columns}
          onToggle={toggle}
          onOnly={onlyThis}
        />,
      );
    }
    return drawn;
  }

  return (
    <div className={`log log--indexed${look.isWrapped ? ' log--wrap' : ''}`}>
      <LogTools
        ref={field}
        search={search}
        found={found}
        current={current}
        filter={filter}
        look={look}
        sources={<SourcesMenu all={all} picked={views} menu={menu} onMenu={onMenu} onPick={onPick} />}
        onSearch={find}
        onStep={step}
        onLeaveSearch={() => rowView.current?.focus()}
        onFilter={filterBy}
        onLook={setLook}
        onSave={() => void saveAll(views, ids)}
      />
      {filter.only !== '' && (
        <div className="log-only">
          <span className="cut">{t('logs:only', { text: filter.only })}</span>
          <IconButton label={t('logs:allLines')} onClick={() => filterBy({ ...filter, only: '' })}>
            <X size={14} strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        </div>
      )}
      {columns !== undefined && columns.length > 0 && (
        <div className="log-line log-heads" aria-hidden="true">
          {look.showsTime && <span className="log-line__time" />}
          {names !== undefined && <span className="log-line__source" />}
          <span className="log-line__level" />
          <span className="log-line__fold" />
          {columns.map((key) => (
            <span key={key} className={`log-line__cell cut${isMessage(key) ? ' log-line__cell--message' : ''}`}>
              {key}
            </span>
          ))}
        </div>
      )}
      {status.status === 'failed' && session.total === 0 ? (
        <Notice title={t('logs:failed')} action={<Button onClick={() => session.open()}>{t('logs:again')}</Button>}>
          <p>{sentences(status.failure.message, status.failure.hint)}</p>
        </Notice>
      ) : status.status === 'connecting' ? (
        <div className="log__lines">
          {status.progress === undefined ? <SkeletonRows label={t('logs:connecting')} /> : <p className="one-line" role="status">{t('logs:indexing', { share: Math.floor(status.progress * 100) })}</p>}
        </div>
      ) : session.rows === 0 ? (
        <p className="one-line log__lines" role="status">
          {session.isFiltering ? (session.filtering?.isDone === true ? t('logs:emptyFilter') : t('logs:filtering')) : t('logs:empty')}
        </p>
      ) : (
        <div className="log__lines">
          <RowView ref={rowView} rows={session.rows} isFollowing={isFollowing} hasTallRows={look.isWrapped || open.size > 0} onFollowing={follow} onTop={setTop}>
            {rows}
          </RowView>
          <MarkMap marks={session.marks} places={session.isFiltering ? noPlaces : places} isFiltering={session.isFiltering} />
        </div>
      )}
      <LogFoot session={session} isFollowing={isFollowing} newLines={newLines} rate={rate} isRunning={isRunning} onFollow={() => follow(!isFollowing)} onAgain={() => session.open()} />
    </div>
  );
}

const noPlaces: readonly number[] = [];
const inView = 70;

/** The lines that are drawn, as far as they have been read. */
function linesInView(session: LogSession, top: number): ShownLine[] {
  const from = Math.max(0, top);
  return Array.from({ length: Math.max(0, Math.min(inView, session.rows - from)) }, (_, index) => session.line(from + index)).filter((line) => line !== undefined);
}

/** The strip tells the docker command that shows the same. */
function useCommand(views: readonly ContainerView[]): void {
  const names = views.map(({ name }) => name).join('\n');
  const isProject = views.length > 1 && views.every(({ project }) => project !== undefined && project === views[0]?.project);
  const services = views.map(shortName).join('\n');
  useEffect(() => {
    const command = beginCommand(isProject ? docker.composeLogs(services.split('\n')) : docker.logs(names.split('\n')[0] ?? '', 'all'), 'GET /slipway/logs/state');
    command.live(t('actions:streaming'));
    return () => command.done(t('actions:closed'));
  }, [names, services, isProject]);
}

function saveAll(views: readonly ContainerView[], ids: readonly string[]): Promise<unknown> {
  const name = views.map(shortName).join('+');
  return saveToFile({ kind: 'download', subject: t('logs:saveSubject', { name }), doneTitle: t('logs:saved', { name }), failedTitle: t('logs:notSaved', { name }), command: docker.logs(views[0]?.name ?? '', 'all'), operation: 'logs.text', params: { container: [...ids], format: 'text' }, fileName: `${name}.log` });
}
