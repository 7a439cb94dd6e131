// SPDX-License-Identifier: Apache-2.0
// The incidents: filters, the live table, and the detail of the one that the address names.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import { explain } from '../api/errors';
import { Button } from '../ui/Button';
import { DataTable, type TableHandle } from '../ui/DataTable';
import { Notice } from '../ui/Notice';
import { useShortcuts } from '../ui/shortcuts';
import { incident_columns } from './columns';
import column_styles from './columns.module.css';
import { DetailPanel } from './DetailPanel';
import { FilterBar } from './FilterBar';
import { isFiltered, type Filters } from './filters';
import styles from './page.module.css';
import { useLive } from './live';
import { NoIncidents } from './NoIncidents';
import { incidentList } from './queries';
import { TableFooter } from './TableFooter';

const row_height = 54;

export function IncidentsPage({ filters, open_id }: { filters: Filters; open_id: string | null }) {
  const navigate = useNavigate();
  const { fresh } = useLive();
  const table = useRef<TableHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const [current, setCurrent] = useState<string | null>(open_id);
  const list = useInfiniteQuery(incidentList(filters));
  const incidents = useMemo(() => list.data?.pages.flatMap((page) => page.incidents) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total;

  const open = useCallback((id: string) => {
    setCurrent(id);
    void navigate({ to: '/incidents/$id', params: { id }, search: filters, replace: open_id !== null });
  }, [navigate, filters, open_id]);
  const close = useCallback(() => {
    if (open_id === null) return;
    void navigate({ to: '/incidents', search: filters });
    table.current?.focusRow(open_id);
  }, [navigate, filters, open_id]);
  const setFilters = useCallback((changed: Filters) => {
    const where = open_id === null ? { to: '/incidents' as const } : { to: '/incidents/$id' as const, params: { id: open_id } };
    void navigate({ ...where, search: changed, replace: true });
  }, [navigate, open_id]);
  const step = (by: number) => {
    const id = table.current?.move(by);
    if (!id) return;
    if (open_id === null) table.current?.focusRow(id);
    else open(id);
  };

  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    '/': () => search.current?.focus(),
    Escape: close,
  });

  const loadMore = () => {
    if (list.hasNextPage && !list.isFetching && !list.isFetchNextPageError) void list.fetchNextPage();
  };

  return (
    <main className={styles.page}>
      {open_id === null ? <title>Incidents · Modelward</title> : null}
      <section className={styles.list} aria-label="Incidents">
        <FilterBar filters={filters} onChange={setFilters} total={total} search_ref={search} />
        {list.isPending ? <p className={styles.loading} role="status">Loading incidents…</p> : null}
        {list.isError && !list.data ? (
          <Notice tone="bad" title="The incidents could not be loaded"
            action={<Button look="primary" onClick={() => void list.refetch()}>Try again</Button>}>
            {explain(list.error)}
          </Notice>
        ) : null}
        {list.data && incidents.length === 0 ? (
          <NoIncidents is_filtered={isFiltered(filters)} onClear={() => setFilters({})} />
        ) : null}
        {incidents.length > 0 ? (
          <div className={`${column_styles.table ?? ""} ${styles.grid ?? ""}`}>
            <DataTable ref={table} label="Incidents, newest first" columns={incident_columns} rows={incidents}
              keyOf={(incident) => incident.id} row_height={row_height} current_key={current} onCurrent={setCurrent}
              open_key={open_id} onOpen={open} fresh={fresh} onEndReached={loadMore}
              footer={<TableFooter list={list} shown={incidents.length} onMore={() => void (list.isRefetchError ? list.refetch() : list.fetchNextPage())} />} />
          </div>
        ) : null}
      </section>
      {open_id !== null ? <DetailPanel id={open_id} onClose={close} onStep={step} /> : null}
    </main>
  );
}
