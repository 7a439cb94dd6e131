// SPDX-License-Identifier: Apache-2.0
import type { RowData, useTable } from '@tanstack/react-table';
import styles from './datatable.module.css';
import { Icon } from './Icon';
import type { Features } from './table_features';

interface Props<Row extends RowData> {
  table: ReturnType<typeof useTable<Features, Row>>;
}

/** Column names; those that sort are buttons and say which way they sort. */
export function TableHead<Row extends RowData>({ table }: Props<Row>) {
  const aria_sort = { asc: 'ascending', desc: 'descending' } as const;
  return (
    <thead>
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id} aria-rowindex={1}>
          {group.headers.map((header) => {
            const sorted = header.column.getIsSorted();
            return (
              <th key={header.id} scope="col" data-col={header.column.id} aria-sort={sorted ? aria_sort[sorted] : undefined}>
                {header.column.getCanSort() ? (
                  <button type="button" className={styles.sort} onClick={header.column.getToggleSortingHandler()}>
                    <table.FlexRender header={header} />
                    {sorted ? <Icon name={sorted === 'asc' ? 'up' : 'down'} size={11} /> : null}
                  </button>
                ) : <table.FlexRender header={header} />}
              </th>
            );
          })}
        </tr>
      ))}
    </thead>
  );
}
