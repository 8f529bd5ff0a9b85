import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleX, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type ReactNode, type Ref, type RefObject } from 'react';
import { formatLogTime, levelLetters, type LogLine } from '../../format/log/log-line.ts';
import { AnsiText } from './ansi-text.tsx';
import type { LogHit } from './log-search.ts';
import { LogMap } from './log-map.tsx';
import { t } from '../../i18n/i18n.ts';

export interface LogLinesHandle {
  scrollToLine(index: number): void;
  focus(): void;
}

export interface LogLinesProps {
  lines: readonly LogLine[];
  hits: readonly LogHit[];
  /** Index of the current hit among all. */
  currentHit: number;
  isFollowing: boolean;
  isWrapped: boolean;
  showsTime: boolean;
  /** The person scrolled away from, or back to, the newest line. */
  onFollowing(isFollowing: boolean): void;
  ref?: Ref<LogLinesHandle>;
}

const noHits: readonly LogHit[] = [];
const nearEnd = 24;

/** Only the lines in view are in the document. Follows the end until the person scrolls up. */
export function LogLines({ lines, hits, currentHit, isFollowing, isWrapped, showsTime, onFollowing, ref }: LogLinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    getItemKey: (index) => lines[index]?.number ?? index,
    overscan: 20,
  });
  const height = virtual.getTotalSize();
  const rowsInView = useRowsInView(scroller);
  // While it follows, the last lines simply stand at the end: where a fast log's next frame scrolls to is not known before.
  const tail = isFollowing ? lines.slice(-rowsInView) : undefined;
  const isWhole = tail?.length === lines.length;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (isFollowing && element !== null) element.scrollTop = element.scrollHeight;
  }, [isFollowing, height, lines.length]);

  // Lines have one height or many: what was measured in the other form is void.
  useEffect(() => virtual.measure(), [virtual, isWrapped]);

  useImperativeHandle(ref, () => ({
    scrollToLine: (index) => virtual.scrollToIndex(index, { align: 'center' }),
    focus: () => scroller.current?.focus(),
  }));

  const hitsByLine = useMemo(() => {
    const byLine = new Map<number, LogHit[]>();
    for (const hit of hits) byLine.set(hit.line, [...(byLine.get(hit.line) ?? []), hit]);
    return byLine;
    // The array grows in place while lines stream in.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [hits, hits.length]);
  const current = hits[currentHit];

  function bodyOf(line: LogLine): ReactNode {
    const lineHits = hitsByLine.get(line.number) ?? noHits;
    return <LineBody line={line} hits={lineHits} now={current?.line === line.number ? lineHits.indexOf(current) : undefined} showsTime={showsTime} />;
  }

  function onScroll(): void {
    const element = scroller.current;
    if (element === null) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
    const wentUp = element.scrollTop < lastTop.current - 1;
    lastTop.current = element.scrollTop;
    if (isAtEnd) onFollowing(true);
    else if (wentUp) onFollowing(false);
  }

  return (
    <div className="log__lines">
      <div className="log__scroll" ref={scroller} role="log" aria-live="off" aria-label={t('logs:lines')} tabIndex={0} data-region="list" onScroll={onScroll}>
        <div style={{ height: isWhole ? undefined : height, position: 'relative', minWidth: '100%' }}>
          {tail !== undefined && (
            <div className={isWhole ? 'log__whole' : 'log__tail'}>
              {tail.map((line) => (
                <div key={line.number} className={lineClass(line, current?.line === line.number)}>
                  {bodyOf(line)}
                </div>
              ))}
            </div>
          )}
          {tail === undefined &&
            virtual.getVirtualItems().map((row) => {
              const line = lines[row.index] as LogLine;
              return (
                <div
                  key={row.key}
                  data-index={row.index}
                  ref={isWrapped ? virtual.measureElement : undefined}
                  className={`${lineClass(line, current?.line === line.number)} log-line--placed`}
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  {bodyOf(line)}
                </div>
              );
            })}
        </div>
      </div>
      <LogMap lines={lines} hits={hits} />
    </div>
  );
}

/** How many lines the view holds, and a few more. */
function useRowsInView(scroller: RefObject<HTMLElement | null>): number {
  const [rows, setRows] = useState(60);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setRows(Math.ceil(element.clientHeight / 20) + 4));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return rows;
}

function lineClass(line: LogLine, isNow: boolean): string {
  return ['log-line', line.level !== undefined && `log-line--${line.level}`, isNow && 'log-line--now'].filter(Boolean).join(' ');
}

const LineBody = memo(function LineBody({ line, hits, now, showsTime }: { line: LogLine; hits: readonly LogHit[]; now: number | undefined; showsTime: boolean }) {
  const level = line.level === undefined ? (line.stream === 'stderr' ? t('logs:stderr') : '') : levelLetters[line.level];
  return (
    <>
      {showsTime && <span className="log-line__time">{line.time === undefined ? '' : formatLogTime(line.time)}</span>}
      <span className="log-line__level">
        {level}
        {line.level === 'warning' && <TriangleAlert size={12} strokeWidth={1.9} aria-hidden="true" />}
        {line.level === 'error' && <CircleX size={12} strokeWidth={1.9} aria-hidden="true" />}
      </span>
      <span className="log-line__text">
        <AnsiText raw={line.raw} length={line.text.length} hits={hits} now={now} />
      </span>
    </>
  );
});
