import { ArrowDownToLine, CircleX, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { hasNoModifier, isMod, isTyping } from '../../format/keys.ts';
import { sentences } from '../../format/sentence.ts';
import { useDialogs } from '../../stores/window/dialogs.ts';
import { keptLines, type LevelFilter } from './log-buffer.ts';
import { LogBar } from './log-bar.tsx';
import { LogLines, type LogLinesHandle } from './log-lines.tsx';
import { saveLines } from './save.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';
import { useLog } from './use-log.ts';
import { useRate } from './use-rate.ts';
import './logs.css';

/** The log of one container on an engine without an index: the newest lines, kept in the window. Keyed by the container, so that another one starts afresh. */
export function PlainLogView({ view }: { view: ContainerView }) {
  const { buffer, state, tail, readAll, again } = useLog(view);
  const [isFollowing, setFollowing] = useState(true);
  /** Lines there were when following ended. */
  const [leftAt, setLeftAt] = useState(0);
  const [query, setQuery] = useState('');
  const [matchCase, setMatchCase] = useState(false);
  const [currentHit, setCurrentHit] = useState(-1);
  const [level, setLevel] = useState<LevelFilter>('all');
  const [showsTime, setShowsTime] = useState(true);
  const [isWrapped, setWrapped] = useState(false);
  const lines = useRef<LogLinesHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const rate = useRate(() => buffer.received, state.status === 'streaming');
  const { shown, hits } = buffer;

  function follow(isOn: boolean): void {
    if (isOn === isFollowing) return;
    setFollowing(isOn);
    if (!isOn) setLeftAt(buffer.received);
  }

  function find(next: string, isCaseMatched: boolean): void {
    setQuery(next);
    setMatchCase(isCaseMatched);
    buffer.setSearch(next === '' ? undefined : { query: next, matchCase: isCaseMatched });
    // The newest match is what a person looks for in a log that is at its end.
    showHit(buffer.hits.length - 1);
  }

  function showHit(index: number): void {
    const all = buffer.hits.length;
    if (all === 0) return setCurrentHit(-1);
    const at = (index + all) % all;
    setCurrentHit(at);
    const line = buffer.shown.findIndex(({ number }) => number === buffer.hits[at]?.line);
    if (line < 0) return;
    follow(false);
    lines.current?.scrollToLine(line);
  }

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (useDialogs.getState().dialog !== undefined || event.defaultPrevented) return;
      if (isMod(event) && event.key.toLowerCase() === 'f') search.current?.focus();
      else if (isTyping(event.target) || !hasNoModifier(event)) return;
      else if (event.key === 'f' || event.key === 'F') follow(!isFollowing);
      else if (event.key === 'End') follow(true);
      else if (event.key === '/') search.current?.focus();
      else return;
      event.preventDefault();
    }
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });

  const isTruncated = tail !== 'all' && buffer.received >= tail;
  const newLines = isFollowing ? 0 : buffer.received - leftAt;

  return (
    <div className={`log${isWrapped ? ' log--wrap' : ''}${buffer.hasLevels ? '' : ' log--plain'}`}>
      <LogBar
        ref={search}
        query={query}
        matchCase={matchCase}
        hitCount={hits.length}
        currentHit={currentHit}
        level={level}
        showsTime={showsTime}
        isWrapped={isWrapped}
        onFind={find}
        onStep={(step) => showHit(currentHit + step)}
        onLeaveSearch={() => lines.current?.focus()}
        onLevel={(next) => {
          setLevel(next);
          buffer.setFilter(next);
        }}
        onTime={() => setShowsTime(!showsTime)}
        onWrap={() => setWrapped(!isWrapped)}
        onSave={() => saveLines(view.name, buffer.shown)}
      />
      {state.status === 'failed' && buffer.received === 0 ? (
        <Notice title={t('logs:failed')} action={<Button onClick={again}>{t('logs:again')}</Button>}>
          <p>
            {sentences(state.failure.message, state.failure.hint)}
          </p>
        </Notice>
      ) : shown.length === 0 ? (
        <p className={`one-line log__lines${state.status === 'reading' && isUp(view.condition) ? ' skeleton' : ''}`} role="status">
          {buffer.lines.length > 0 ? t('logs:emptyFilter') : t('logs:empty')}
        </p>
      ) : (
        <LogLines ref={lines} lines={shown} hits={hits} currentHit={currentHit} isFollowing={isFollowing} isWrapped={isWrapped} showsTime={showsTime} onFollowing={follow} />
      )}
      <p className="log-note">{t('logs:noIndex', { count: keptLines })}</p>
      <div className="log-foot numbers">
        <span>
          <Rich text="logs:count" values={{ count: buffer.received }} />
        </span>
        {isTruncated && (
          <span className="log-foot__kept">
            {t('logs:older', { count: firstCount(tail) })} <LinkButton onClick={readAll}>{t('logs:wholeLog')}</LinkButton>
          </span>
        )}
        {buffer.received > buffer.lines.length + 1 && <span className="log-foot__kept">{t('logs:kept', { count: keptLines })}</span>}
        {buffer.errors > 0 && (
          <span className="log-foot__count log-foot__count--error">
            <CircleX size={13} strokeWidth={1.75} aria-hidden="true" />
            {t('logs:errors', { count: buffer.errors })}
          </span>
        )}
        {buffer.warnings > 0 && (
          <span className="log-foot__count log-foot__count--warning">
            <TriangleAlert size={13} strokeWidth={1.75} aria-hidden="true" />
            {t('logs:warnings', { count: buffer.warnings })}
          </span>
        )}
        <span className="log-foot__gap" />
        {state.status === 'ended' && !isUp(view.condition) && <span className="cut">{t('logs:ended')}</span>}
        {state.status === 'failed' && buffer.received > 0 && (
          <span className="cut isolated" role="alert">
            {sentences(state.failure.message)} <LinkButton onClick={again}>{t('logs:again')}</LinkButton>
          </span>
        )}
        {rate > 0 && <span className="log-foot__rate">{t('logs:rate', { rate })}</span>}
        <Button
          size="small"
          className="button--follow"
          keys="F"
          aria-pressed={isFollowing}
          icon={<ArrowDownToLine size={13} strokeWidth={1.9} aria-hidden="true" />}
          onClick={() => follow(!isFollowing)}
        >
          {isFollowing ? t('logs:following') : newLines > 0 ? t('logs:newLines', { count: newLines }) : t('logs:follow')}
        </Button>
      </div>
    </div>
  );
}

const firstCount = (tail: number | 'all'): number => (tail === 'all' ? 0 : tail);
