import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react';
import { memo, useCallback, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type FocusEvent, type KeyboardEvent, type MouseEvent, type ReactNode, type RefObject } from 'react';
import { t } from '../../i18n/i18n.ts';
import { compareNames } from '../../i18n/intl.ts';
import { Checkbox } from '../controls/checkbox.tsx';
import { RowList, type RowListHandle } from '../layout/row-list.tsx';
import { Menu, type MenuAnchor, type MenuItem } from '../overlay/menu.tsx';
import { TableDensity } from './density.ts';
import { linesOf, rangeOf, withGroup } from './lines.ts';
import { handleTableKey } from './table-keys.ts';
import { narrowBelow, type Column, type Grouping, type Selection, type Sort, type TableLine } from './table-types.ts';
import '../layout/list.css';
import './data-table.css';

export interface DataTableProps<Row> {
  label: string;
  /** In the order in which they come where nothing is sorted. The same array for the same rows: it is sorted once for each. */
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** What a person calls the row, for check boxes and menus. */
  nameOf(row: Row): string;
  columns: readonly Column<Row>[];
  sort: Sort | undefined;
  onSort(sort: Sort): void;
  selection?: Selection;
  grouping?: Grouping<Row>;
  /** Enter, or a press on the row. */
  onOpen?(row: Row): void;
  /** The context menu, also by Shift F10 and by {@link RowMenuButton}. */
  menuOf?(row: Row): MenuItem[];
  /** Single letters and Delete: acts on the selection, or on the active row. True when the key was one. */
  onRowKey?(event: KeyboardEvent, rows: readonly Row[]): boolean;
  /** A line below a row in trouble. Must answer null where there is nothing. */
  below?(row: Row, tabIndex: 0 | -1): ReactNode;
  /** Under way: the row is told as busy. */
  isBusy?(row: Row): boolean;
  isStale?: boolean;
  /** In a narrow table a cell has a second line. */
  isTallWhenNarrow?: boolean;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns: {} });

function compare(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareNames(String(a), String(b));
}

/** A list as a grid: one stop of the Tab key with arrows inside; above 200 rows only those in view are in the document. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, keyOf, sort, selection, grouping, onOpen, menuOf, onRowKey, isStale = false } = props;
  const grid = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const isNarrow = width < narrowBelow;
  const heights = useContext(TableDensity);
  const rowHeight = isNarrow && props.isTallWhenNarrow === true ? heights.tall : heights.plain;
  const columns = useMemo(() => props.columns.filter(({ hiddenBelow = 0 }) => width >= hiddenBelow), [props.columns, width]);
  const list = useRef<RowListHandle>(null);
  const wanted = useRef<string>(undefined);
  const [activeKey, setActiveKey] = useState<string>();
  const [anchorKey, setAnchorKey] = useState<string>();
  const [menu, setMenu] = useState<{ row: Row; anchor: MenuAnchor }>();

  const definitions = useMemo(
    () =>
      columns.map(
        ({ id, sortBy }): ColumnDef<typeof features, { row: Row }> => ({
          id,
          accessorFn: ({ row }) => sortBy?.(row),
          enableSorting: sortBy !== undefined,
          sortFn: (a, b, column) => compare(a.getValue(column), b.getValue(column)),
        }),
      ),
    [columns],
  );
  const data = useMemo(() => rows.map((row) => ({ row })), [rows]);
  const sorting = useMemo(() => (sort === undefined ? [] : [{ id: sort.id, desc: sort.isDescending }]), [sort]);
  const table = useTable({ features, columns: definitions, data, state: { sorting } });
  const sorted = table.getRowModel().rows;
  const lines = useMemo(() => linesOf(sorted.map(({ original }) => original.row), keyOf, grouping), [sorted, keyOf, grouping]);
  const active = lines.find(({ key }) => key === activeKey) ?? lines[0];
  const isSelecting = selection !== undefined && selection.keys.size > 0;

  function activate(index: number): TableLine<Row> | undefined {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (line === undefined) return undefined;
    setActiveKey(line.key);
    wanted.current = line.key;
    list.current?.scrollTo(lines.indexOf(line));
    // A virtual row may be drawn only after the scroll; keys that came faster than frames have gone on by then.
    requestAnimationFrame(() => wanted.current === line.key && elementOf(grid.current, line.key)?.focus());
    return line;
  }

  // One object for all rows, so that a row is drawn again only when its own part of the table changed.
  const now = useRef({ lines, props, anchorKey });
  useEffect(() => {
    now.current = { lines, props, anchorKey };
  });
  const press = useCallback((row: Row, event: MouseEvent) => {
    const { props: current, lines: shown, anchorKey: from } = now.current;
    const key = current.keyOf(row);
    setActiveKey(key);
    if (current.selection !== undefined && event.shiftKey) return current.selection.onChange(new Set(rangeOf(shown, from, key)));
    if (current.selection !== undefined && (event.metaKey || event.ctrlKey)) {
      setAnchorKey(key);
      return current.selection.onChange(toggled(current.selection.keys, key));
    }
    current.onOpen?.(row);
  }, []);
  const toggle = useCallback((row: Row) => {
    const { selection: current, keyOf: keyOfRow } = now.current.props;
    setAnchorKey(keyOfRow(row));
    current?.onChange(toggled(current.keys, keyOfRow(row)));
  }, []);
  const openMenu = useCallback((row: Row, anchor: MenuAnchor) => setMenu({ row, anchor }), []);

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (active === undefined || !(event.target instanceof HTMLElement) || event.defaultPrevented) return;
    // Keys of a control inside a row (Enter on a link, Space on a check box) are its own.
    if (event.target.dataset.key === undefined && (event.key === 'Enter' || event.key === ' ')) return;
    handleTableKey(event, {
      lines,
      active,
      activate,
      selection,
      keyOf,
      anchorKey,
      setAnchorKey,
      onFold: grouping?.onFold,
      onOpen,
      onRowKey: onRowKey === undefined ? undefined : (key) => onRowKey(key, targetsOf(sorted.map(({ original }) => original.row), keyOf, active, selection)),
      openMenu: menuOf === undefined ? undefined : (row) => setMenu({ row, anchor: belowElement(elementOf(grid.current, keyOf(row))) }),
    });
  }

  const tracks = [...(selection === undefined ? [] : ['16px']), ...columns.map(({ width: wide, narrowWidth }) => (isNarrow ? narrowWidth : undefined) ?? wide)].join(' ');
  return (
    <>
      <div
        ref={grid}
        className={`grid data-table${isSelecting ? ' grid--selecting' : ''}${isStale ? ' grid--stale' : ''}${isNarrow ? ' data-table--narrow' : ''}`}
        style={{ '--tracks': tracks, '--row': `${rowHeight}px` } as CSSProperties}
        role={grouping === undefined ? 'grid' : 'treegrid'}
        aria-label={label}
        aria-multiselectable={selection === undefined ? undefined : true}
        aria-rowcount={lines.length + 1}
        data-region="list"
        onKeyDown={onKeyDown}
        onFocus={(event: FocusEvent<HTMLElement>) => {
          const key = event.target.closest<HTMLElement>('[data-key]')?.dataset.key;
          if (key !== undefined) setActiveKey(key);
        }}
      >
        <Head {...props} columns={columns} />
        <RowList items={lines} keyOf={(line) => line.key} heightOf={(line) => (line.kind === 'group' ? heights.group : rowHeight)} ref={list}>
          {(line, index) =>
            line.kind === 'group' ? (
              <GroupRow line={line} isActive={line === active} grouping={grouping as Grouping<Row>} selection={selection} keyOf={keyOf} />
            ) : (
              <TableRow
                row={line.row}
                rowKey={line.key}
                rowIndex={index + 2}
                level={grouping === undefined ? undefined : 2}
                columns={columns as readonly Column<unknown>[]}
                name={props.nameOf(line.row)}
                isActive={line === active}
                isSelected={selection?.keys.has(line.key)}
                isBusy={props.isBusy?.(line.row) === true}
                below={props.below?.(line.row, line === active ? 0 : -1) ?? null}
                press={press as (row: unknown, event: MouseEvent) => void}
                toggle={toggle as (row: unknown) => void}
                openMenu={menuOf === undefined ? undefined : (openMenu as (row: unknown, anchor: MenuAnchor) => void)}
              />
            )
          }
        </RowList>
      </div>
      {menu !== undefined && menuOf !== undefined && <Menu label={t('common:more', { name: props.nameOf(menu.row) })} anchor={menu.anchor} items={menuOf(menu.row)} onClose={() => setMenu(undefined)} />}
    </>
  );
}

/** Of the table in pixels, in steps of 20: a column that comes and goes is worth a drawing, a pixel is not. */
function useWidth(grid: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(() => innerWidth - 220);
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null) return;
    const measure = (): void => setWidth(Math.ceil(element.clientWidth / 20) * 20);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [grid]);
  return width;
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** The selected rows where there are any, also those in a folded group, otherwise the active one, or all below the active heading. */
function targetsOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string, active: TableLine<Row>, selection: Selection | undefined): Row[] {
  const selected = selection === undefined ? [] : rows.filter((row) => selection.keys.has(keyOf(row)));
  if (selected.length > 0) return selected;
  return active.kind === 'row' ? [active.row] : [...active.rows];
}

const elementOf = (grid: HTMLElement | null, key: string): HTMLElement | null => grid?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;

function belowElement(element: HTMLElement | null): MenuAnchor {
  const box = element?.getBoundingClientRect();
  return { x: (box?.left ?? 0) + 60, y: box?.bottom ?? 0 };
}

function Head<Row>({ columns, sort, onSort, selection, rows, keyOf }: DataTableProps<Row>) {
  const chosen = selection === undefined ? 0 : rows.filter((row) => selection.keys.has(keyOf(row))).length;
  return (
    <div className="grid__head" role="row">
      {selection !== undefined && (
        <div role="columnheader">
          <Checkbox
            label={t('common:selectAll')}
            state={chosen === 0 ? false : chosen === rows.length ? true : 'mixed'}
            onChange={() => selection.onChange(new Set(chosen === rows.length ? [] : rows.map(keyOf)))}
          />
        </div>
      )}
      {columns.map(({ id, label, sortBy, isNumber, hidesLabel }) => (
        <div
          key={id}
          role="columnheader"
          className={isNumber === true ? 'right' : undefined}
          aria-sort={sortBy === undefined ? undefined : sort?.id !== id ? 'none' : sort.isDescending ? 'descending' : 'ascending'}
        >
          {sortBy === undefined ? (
            <span className={hidesLabel === true ? 'unseen' : undefined}>{label}</span>
          ) : (
            <button type="button" aria-label={t('common:sortBy', { column: label })} data-tip={t('common:sortBy', { column: label })} onClick={() => onSort({ id, isDescending: sort?.id === id ? !sort.isDescending : isNumber === true })}>
              {label}
              {sort?.id === id && (sort.isDescending ? <ArrowDown size={12} strokeWidth={2} aria-hidden="true" /> : <ArrowUp size={12} strokeWidth={2} aria-hidden="true" />)}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

interface GroupRowProps<Row> {
  line: Extract<TableLine<Row>, { kind: 'group' }>;
  isActive: boolean;
  grouping: Grouping<Row>;
  selection: Selection | undefined;
  keyOf(row: Row): string;
}

function GroupRow<Row>({ line, isActive, grouping, selection, keyOf }: GroupRowProps<Row>) {
  const chosen = selection === undefined ? 0 : line.rows.filter((row) => selection.keys.has(keyOf(row))).length;
  return (
    <div
      className="data-table__group"
      role="row"
      aria-level={1}
      aria-expanded={!line.isFolded}
      tabIndex={isActive ? 0 : -1}
      data-key={line.key}
      onClick={(event) => {
        if (!isControl(event)) grouping.onFold(line.key, !line.isFolded);
      }}
    >
      {selection !== undefined && (
        <div role="gridcell">
          <Checkbox
            label={t('common:selectGroup', { name: line.group ?? t('common:rest') })}
            state={chosen === 0 ? false : chosen === line.rows.length ? true : 'mixed'}
            tabIndex={isActive ? 0 : -1}
            onChange={() => selection.onChange(withGroup(selection.keys, line.rows.map(keyOf)))}
          />
        </div>
      )}
      <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      <div role="gridcell" className="data-table__group-head">
        {grouping.head(line.group, line.rows, { tabIndex: isActive ? 0 : -1 })}
      </div>
    </div>
  );
}

interface TableRowProps {
  row: unknown;
  rowKey: string;
  rowIndex: number;
  level: number | undefined;
  name: string;
  columns: readonly Column<unknown>[];
  isActive: boolean;
  isSelected: boolean | undefined;
  isBusy: boolean;
  below: ReactNode;
  press(row: unknown, event: MouseEvent): void;
  toggle(row: unknown): void;
  openMenu: ((row: unknown, anchor: MenuAnchor) => void) | undefined;
}

const TableRow = memo(function TableRow({ row, rowKey, rowIndex, level, name, columns, isActive, isSelected, isBusy, below, press, toggle, openMenu }: TableRowProps) {
  const tabIndex = isActive ? 0 : -1;
  return (
    <>
      <div
        className="data-table__row"
        role="row"
        aria-level={level}
        aria-rowindex={rowIndex}
        aria-selected={isSelected}
        aria-busy={isBusy || undefined}
        tabIndex={tabIndex}
        data-key={rowKey}
        onClick={(event) => {
          if (!isControl(event)) press(row, event);
        }}
        onContextMenu={(event) => {
          if (openMenu === undefined) return;
          event.preventDefault();
          openMenu(row, { x: event.clientX, y: event.clientY });
        }}
      >
        {isSelected !== undefined && (
          <div role="gridcell">
            <Checkbox label={t('common:select', { name })} state={isSelected} tabIndex={tabIndex} onChange={() => toggle(row)} />
          </div>
        )}
        {columns.map((column) => (
          <div key={column.id} role="gridcell" className={`data-table__cell${column.isNumber === true ? ' right numbers' : ''}`}>
            {column.cell(row, { tabIndex })}
          </div>
        ))}
      </div>
      {below}
    </>
  );
});

/** A press on a control inside the row is that control's own. */
function isControl(event: MouseEvent): boolean {
  return event.target instanceof Element && event.target.closest('a, button, input, select, label') !== null;
}
