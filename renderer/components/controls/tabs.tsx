import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface TabItem<T extends string> {
  value: T;
  label: string;
  /** A figure, or what draws one; 0 is not shown. */
  count?: ReactNode;
}

export interface TabsProps<T extends string> {
  label: string;
  value: T;
  items: readonly TabItem<T>[];
  onPick(value: T): void;
  /** The panel of the tab that is shown. */
  children: ReactNode;
}

/** Tabs of one page with the panel of the one that is picked. */
export function Tabs<T extends string>({ label, value, items, onPick, children }: TabsProps<T>) {
  return (
    <Radix.Root className="tabs-root" value={value} onValueChange={(next) => onPick(next as T)}>
      <Radix.List className="tabs" aria-label={label}>
        {items.map((item) => (
          <Radix.Trigger key={item.value} value={item.value}>
            {item.label}
            {item.count !== undefined && item.count !== 0 && <small className="numbers">{item.count}</small>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      <Radix.Content className="tab-panel" value={value} tabIndex={-1}>
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
