import type { ReactNode } from 'react';

/** What a cell may know besides its row. */
export interface CellContext {
  /** For controls inside the row: they are stops of the Tab key only while the row is the active one. */
  tabIndex: 0 | -1;
}

export interface Column<Row> {
  id: string;
  label: string;
  /** A CSS grid track: `132px`, `minmax(0, 1.05fr)`. */
  width: string;
  /** In a narrow table ({@link narrowBelow}), where it is another. */
  narrowWidth?: string;
  /** Right-aligned, in tabular figures. */
  isNumber?: boolean;
  /** The head is for screen readers only: check boxes, actions. */
  hidesLabel?: boolean;
  /** Pixels of the table below which the column goes. */
  hiddenBelow?: number;
  /** What is compared when the table is sorted by it; a column without it cannot be sorted by. */
  sortBy?(row: Row): string | number;
  cell(row: Row, context: CellContext): ReactNode;
}

/** Pixels of a table below which rows may be two lines high and columns narrower. */
export const narrowBelow = 980;

export interface Sort {
  id: string;
  isDescending: boolean;
}

/** Rows under a heading. Rows without a group come last, under no heading when there are no groups at all. */
export interface Grouping<Row> {
  keyOf(row: Row): string | undefined;
  /** The heading's content; `rows` are all rows of the group. */
  head(key: string | undefined, rows: readonly Row[], context: CellContext): ReactNode;
  folded: ReadonlySet<string>;
  onFold(key: string, isFolded: boolean): void;
}

export interface Selection {
  keys: ReadonlySet<string>;
  onChange(keys: ReadonlySet<string>): void;
}

/** The table as it is drawn: one array for arrows, virtual rows and ranges. */
export type TableLine<Row> = { kind: 'group'; key: string; group: string | undefined; rows: readonly Row[]; isFolded: boolean } | { kind: 'row'; key: string; row: Row };
