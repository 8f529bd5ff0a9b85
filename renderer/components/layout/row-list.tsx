import { useVirtualizer } from '@tanstack/react-virtual';
import { useImperativeHandle, useRef, type ReactNode, type Ref } from 'react';

export interface RowListHandle {
  scrollTo(index: number): void;
}

export interface RowListProps<T> {
  items: readonly T[];
  keyOf(item: T): string;
  /** Pixels, for rows that were not measured yet. */
  heightOf(item: T): number;
  /** Above so many rows only those in view are in the document. */
  virtualAbove?: number;
  ref?: Ref<RowListHandle>;
  children(item: T, index: number): ReactNode;
}

/** The scrolling part of a list. Short ones are plain rows; long ones are virtual. */
export function RowList<T>(props: RowListProps<T>) {
  return props.items.length > (props.virtualAbove ?? 200) ? <VirtualRows {...props} /> : <PlainRows {...props} />;
}

function PlainRows<T>({ items, keyOf, ref, children }: RowListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    scrollTo: (index) => scroller.current?.children[index]?.scrollIntoView({ block: 'nearest' }),
  }));
  return (
    <div className="page__scroll" role="presentation" ref={scroller}>
      {items.map((item, index) => (
        <div role="presentation" key={keyOf(item)}>
          {children(item, index)}
        </div>
      ))}
    </div>
  );
}

function VirtualRows<T>({ items, keyOf, heightOf, ref, children }: RowListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  // The window is not built with the React compiler, which is what this API does not go with.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index] as T),
    getItemKey: (index) => keyOf(items[index] as T),
    overscan: 12,
  });
  useImperativeHandle(ref, () => ({ scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }) }));
  return (
    <div className="page__scroll" role="presentation" ref={scroller}>
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((row) => (
          <div
            key={row.key}
            role="presentation"
            data-index={row.index}
            ref={virtual.measureElement}
            style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${row.start}px)` }}
          >
            {children(items[row.index] as T, row.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
