// SPDX-License-Identifier: Apache-2.0
// The one table of the console: a grid of rows of equal height, of which only those in view are in the document.
//
// Keyboard: the row that is current takes the focus; arrows (and j, k through the handle) move it, Home and End
// jump, Enter opens. When rows are put in above while the reader is further down, what they read stays in place
// and a button says how many arrived.
import { useTable, type ColumnDef, type RowData } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useImperativeHandle, useRef, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import styles from './datatable.module.css';
import { NewAbove } from './NewAbove';
import { table_features, type Features } from './table_features';
import { TableHead } from './TableHead';
import { useSteadyScroll } from './steady_scroll';

export interface TableHandle {
  /** Makes the row that is `step` further current, and returns its key. */
  move(step: number): string | null;
  focusRow(key: string): void;
}

interface Props<Row extends RowData> {
  label: string;
  columns: ColumnDef<Features, Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  row_height: number;
  current_key: string | null;
  onCurrent: (key: string) => void;
  open_key?: string | null;
  onOpen?: (key: string) => void;
  fresh?: ReadonlySet<string>;
  initial_sort?: { id: string; desc: boolean }[];
  onEndReached?: () => void;
  footer?: ReactNode;
  ref?: Ref<TableHandle>;
}

const overscan = 8;

export function DataTable<Row extends RowData>(props: Props<Row>) {
  const { columns, rows: data, keyOf, row_height, current_key, onCurrent, onOpen, onEndReached } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const table = useTable({
    features: table_features, columns, data, getRowId: keyOf, enableSortingRemoval: false,
    initialState: { sorting: props.initial_sort ?? [] },
  });
  const rows = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row_height,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan,
  });
  const items = virtual.getVirtualItems();
  const steady = useSteadyScroll(scroller, rows.map((row) => row.id), row_height);

  const focusRow = (key: string) => {
    const index = rows.findIndex((row) => row.id === key);
    if (index < 0) return;
    virtual.scrollToIndex(index);
    // The row may enter the document only after the scroll.
    requestAnimationFrame(() => {
      const shown = scroller.current?.querySelectorAll<HTMLElement>('[data-key]') ?? [];
      [...shown].find((row) => row.dataset['key'] === key)?.focus();
    });
  };
  const moveTo = (index: number): string | null => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return null;
    onCurrent(row.id);
    virtual.scrollToIndex(rows.indexOf(row));
    return row.id;
  };
  const move = (step: number) => {
    const from = rows.findIndex((row) => row.id === current_key);
    return moveTo(from < 0 ? 0 : from + step);
  };
  useImperativeHandle(props.ref, () => ({ move, focusRow }));

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / row_height) - 2);
    const steps: Record<string, number> = {
      ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const key = move(step);
      if (key) focusRow(key);
    } else if (event.key === 'Enter' && current_key !== null && onOpen) {
      onOpen(current_key);
    } else {
      return;
    }
    event.preventDefault();
  };

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    steady.onScroll();
    if (box.scrollHeight - box.scrollTop - box.clientHeight < row_height * 10) onEndReached?.();
  };

  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const tab_stop = rows.some((row) => row.id === current_key) ? current_key : rows[0]?.id;

  return (
    <div className={styles.frame}>
      <NewAbove count={steady.unseen} onShow={() => scroller.current?.scrollTo({ top: 0 })} />
      <div className={styles.scroller} ref={scroller} onScroll={onScroll} data-scroller>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- the grid pattern on native markup */}
        <table className={styles.table} role="grid" aria-label={props.label} aria-rowcount={rows.length + 1}>
          <TableHead table={table} />
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the body of a grid is interactive */}
          <tbody onKeyDown={onKeyDown}>
            {above > 0 ? <tr aria-hidden="true"><td className={styles.spacer} style={{ height: above }} /></tr> : null}
            {items.map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                <tr key={row.id} data-key={row.id} aria-rowindex={item.index + 2} className={styles.row}
                  tabIndex={row.id === tab_stop ? 0 : -1} aria-selected={row.id === props.open_key}
                  data-fresh={props.fresh?.has(row.id) ? true : undefined} data-openable={onOpen ? true : undefined}
                  onFocus={() => onCurrent(row.id)} onClick={() => onOpen?.(row.id)}>
                  {row.getAllCells().map((cell) => (
                    <td key={cell.id} data-col={cell.column.id}><table.FlexRender cell={cell} /></td>
                  ))}
                </tr>
              );
            })}
            {below > 0 ? <tr aria-hidden="true"><td className={styles.spacer} style={{ height: below }} /></tr> : null}
          </tbody>
        </table>
        {props.footer ? <div className={styles.footer}>{props.footer}</div> : null}
      </div>
    </div>
  );
}
