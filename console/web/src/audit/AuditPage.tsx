// SPDX-License-Identifier: Apache-2.0
// The audit log: who did what on this console, newest first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { explain } from '../api/errors';
import bar from '../incidents/filterbar.module.css';
import { SearchField } from '../incidents/SearchField';
import { TableFooter } from '../incidents/TableFooter';
import { Button } from '../ui/Button';
import { DataTable } from '../ui/DataTable';
import { formatCount } from '../ui/format';
import { Notice } from '../ui/Notice';
import { useShortcuts } from '../ui/shortcuts';
import { action_names, type AuditFilters } from './actions';
import styles from './audit.module.css';
import { audit_columns } from './columns';
import { auditList } from './queries';

const row_height = 54;

export function AuditPage({ filters, is_admin }: { filters: AuditFilters; is_admin: boolean }) {
  const navigate = useNavigate();
  const search = useRef<HTMLInputElement>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const list = useInfiniteQuery({ ...auditList(filters), enabled: is_admin });
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.entries) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total;
  const setFilters = (changed: AuditFilters) => void navigate({ to: '/audit', search: changed, replace: true });
  useShortcuts({ '/': () => search.current?.focus() });
  const loadMore = () => {
    if (list.hasNextPage && !list.isFetching && !list.isFetchNextPageError) void list.fetchNextPage();
  };

  return (
    <main className={styles.page}>
      <title>Audit log · Modelward</title>
      <div className={bar.bar}>
        <div className={bar.heading}>
          <h1>Audit log</h1>
          <span className={bar.total} role="status">{total === undefined ? '' : `${formatCount(total)} in all`}</span>
        </div>
        {is_admin ? (
          <div className={bar.controls} role="search">
            <SearchField key={filters.q ?? ''} ref={search} value={filters.q ?? ''} label="Search the audit log"
              placeholder="Search person, address, object…"
              onSearch={(q) => setFilters({ ...(filters.action ? { action: filters.action } : {}), ...(q.trim() ? { q: q.trim() } : {}) })} />
            <select className={`${bar.field ?? ''} ${styles.field ?? ''}`} aria-label="Action" value={filters.action ?? ''} data-set={filters.action !== undefined}
              onChange={(event) => setFilters({ ...(filters.q ? { q: filters.q } : {}), ...(event.target.value ? { action: event.target.value } : {}) })}>
              <option value="">Every action</option>
              {Object.entries(action_names).map(([action, name]) => <option key={action} value={action}>{name}</option>)}
            </select>
          </div>
        ) : null}
      </div>
      {!is_admin ? (
        <Notice title="The audit log is for administrators">Ask one of them what you need to know.</Notice>
      ) : null}
      {is_admin && list.isPending ? <p className={styles.loading} role="status">Loading the audit log…</p> : null}
      {list.isError && !list.data ? (
        <Notice tone="bad" title="The audit log could not be loaded"
          action={<Button look="primary" onClick={() => void list.refetch()}>Try again</Button>}>
          {explain(list.error)}
        </Notice>
      ) : null}
      {list.data && entries.length === 0 ? (
        <Notice title="Nothing of the kind was done" action={<Button onClick={() => setFilters({})}>Show everything</Button>}>
          No entry of the audit log fits the filters.
        </Notice>
      ) : null}
      {entries.length > 0 ? (
        <div className={styles.grid}>
          <DataTable label="Audit log, newest first" columns={audit_columns} rows={entries} keyOf={(entry) => String(entry.number)}
            row_height={row_height} current_key={current} onCurrent={setCurrent} onEndReached={loadMore}
            footer={<TableFooter list={list} shown={entries.length} what="entries" onMore={() => void (list.isRefetchError ? list.refetch() : list.fetchNextPage())} />} />
        </div>
      ) : null}
    </main>
  );
}
