import { createContext } from 'react';

/** Pixels of a table's rows where its owner says nothing else: plain, and with a second line. */
export interface RowHeights {
  plain: number;
  tall: number;
  group: number;
}

export const rowHeights = { comfortable: { plain: 36, tall: 44, group: 34 }, compact: { plain: 28, tall: 40, group: 28 } } as const satisfies Record<string, RowHeights>;

/** How close together a person wants the rows of tables. */
export const TableDensity = createContext<RowHeights>(rowHeights.comfortable);
