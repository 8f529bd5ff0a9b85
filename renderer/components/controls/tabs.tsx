import { useRef, type KeyboardEvent, type ReactNode } from 'react';

export interface TabItem<T extends string> {
  value: T;
  label: string;
  /** A figure, or what draws one; 0 is not shown. */
  count?: ReactNode;
}

/** Tabs of one page; arrows move between them, the panel is labelled by its tab (`tab-<value>`, `panel-<value>`). */
export function Tabs<T extends string>({ label, value, items, onPick }: { label: string; value: T; items: readonly TabItem<T>[]; onPick(value: T): void }) {
  const list = useRef<HTMLDivElement>(null);

  function move(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const index = items.findIndex((item) => item.value === value);
    const next = items[(index + step + items.length) % items.length];
    if (next === undefined) return;
    onPick(next.value);
    list.current?.querySelector<HTMLElement>(`#tab-${next.value}`)?.focus();
  }

  return (
    <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
      {items.map((item) => (
        <button
          key={item.value}
          id={`tab-${item.value}`}
          type="button"
          role="tab"
          aria-selected={item.value === value}
          aria-controls={`panel-${item.value}`}
          tabIndex={item.value === value ? 0 : -1}
          onClick={() => onPick(item.value)}
        >
          {item.label}
          {item.count !== undefined && item.count !== 0 && <small className="numbers">{item.count}</small>}
        </button>
      ))}
    </div>
  );
}
