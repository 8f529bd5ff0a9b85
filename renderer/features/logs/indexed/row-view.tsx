import { useImperativeHandle, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { t } from '../../../i18n/i18n.ts';
import { RowPosition, rowHeight } from './row-position.ts';

export interface RowViewHandle {
  /** Puts a row into the middle. */
  show(row: number): void;
  focus(): void;
}

export interface RowViewProps {
  rows: number;
  isFollowing: boolean;
  /** Some rows are higher than the others: the last ones must be reached although they need more room. */
  hasTallRows: boolean;
  /** The person scrolled away from, or back to, the newest row. */
  onFollowing(isFollowing: boolean): void;
  /** Another row is at the top edge. */
  onTop(row: number): void;
  /** Draws rows `from` up to, not including, `to`. */
  children(from: number, to: number): ReactNode;
  ref?: Ref<RowViewHandle>;
}

/** Shows any number of rows: only those in view are drawn, into a block that stays in view while the bar moves. */
export function RowView({ rows, isFollowing, hasTallRows, onFollowing, onTop, children, ref }: RowViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [position] = useState(() => new RowPosition());
  const [view, setView] = useState(600);
  const [, draw] = useState(0);
  const slack = hasTallRows ? Math.max(0, Math.floor(view / rowHeight) - 2) : 0;
  position.resize(rows + slack, view);
  if (isFollowing) position.toEnd();

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setView(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // The bar follows where the rows are: after growth, a jump, or a step among more rows than pixels.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && Math.abs(element.scrollTop - position.scrollTop) > 0.5) element.scrollTop = position.scrollTop;
  });

  useImperativeHandle(ref, () => ({
    show(row) {
      position.center(row);
      draw((round) => round + 1);
    },
    focus: () => scroller.current?.focus(),
  }));

  function onScroll(): void {
    const element = scroller.current;
    // A window that grew moved it, which is nobody's wish to leave the newest row.
    if (element !== null && element.clientHeight !== view) return setView(element.clientHeight);
    // A fraction of a pixel is the browser's rounding of where it was put.
    if (element === null || Math.abs(element.scrollTop - position.scrollTop) <= 1) return;
    const moved = position.scrolled(element.scrollTop);
    if (moved < 0 && isFollowing) {
      // Following shows the last rows at the bottom, without the room behind them.
      position.up(slack);
      onFollowing(false);
    }
    else if (moved > 0 && position.top >= position.last - 1 && !isFollowing) onFollowing(true);
    draw((round) => round + 1);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Home') {
      position.center(0);
      onFollowing(false);
    } else if (event.key === 'End') onFollowing(true);
    else return;
    event.preventDefault();
    draw((round) => round + 1);
  }

  const from = Math.min(Math.max(0, rows - 1), isFollowing ? Math.max(0, rows - Math.ceil(view / rowHeight)) : Math.floor(position.top));
  useLayoutEffect(() => onTop(from), [from, onTop]);
  const to = Math.min(rows, from + Math.ceil(view / rowHeight) + 1);
  return (
    <div className="log__scroll" ref={scroller} role="log" aria-live="off" aria-label={t('logs:lines')} tabIndex={0} data-region="list" onScroll={onScroll} onKeyDown={onKeyDown}>
      <div className="log-rows" style={{ height: position.height }}>
        <div className={`log-rows__view${isFollowing && rows * rowHeight > view ? ' log-rows__view--end' : ''}`} style={{ height: view }}>
          <div className="log-rows__drawn" style={isFollowing ? undefined : { transform: `translateY(${-(position.top - from) * rowHeight}px)` }}>
            {children(from, to)}
          </div>
        </div>
      </div>
    </div>
  );
}
