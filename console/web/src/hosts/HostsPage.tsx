// SPDX-License-Identifier: Apache-2.0
// The hosts that report here: whether they can be relied on, and what they could not see or keep.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { explain } from '../api/errors';
import { Button } from '../ui/Button';
import { DataTable } from '../ui/DataTable';
import { formatCount } from '../ui/format';
import { Notice } from '../ui/Notice';
import { hostColumns } from './columns';
import styles from './hosts.module.css';
import { newestBundle } from './losses';
import { hostsQuery } from './queries';

const row_height = 54;

export function HostsPage() {
  const query = useQuery(hostsQuery);
  const [current, setCurrent] = useState<string | null>(null);
  const hosts = useMemo(() => query.data ?? [], [query.data]);
  const newest = newestBundle(hosts);
  const columns = useMemo(() => hostColumns(newest), [newest]);
  const online = hosts.filter((host) => host.online).length;

  return (
    <main className={styles.page}>
      <title>Hosts · Modelward</title>
      <div className={styles.bar}>
        <h1>Hosts</h1>
        <span className={styles.soft} role="status">
          {query.data ? `${formatCount(online)} of ${formatCount(hosts.length)} online` : ''}
        </span>
        {query.isError && query.data ? <span className={styles.bad}>Not updated: {explain(query.error)}</span> : null}
      </div>
      {query.isPending ? <p className={styles.loading} role="status">Loading hosts…</p> : null}
      {query.isError && !query.data ? (
        <Notice tone="bad" title="The hosts could not be loaded"
          action={<Button look="primary" onClick={() => void query.refetch()}>Try again</Button>}>
          {explain(query.error)}
        </Notice>
      ) : null}
      {query.data && hosts.length === 0 ? (
        <Notice title="No host is enrolled yet">
          Make an enrolment token on the console, then start the agent on the host with it. The host appears here with its
          first report.
        </Notice>
      ) : null}
      {hosts.length > 0 ? (
        <div className={styles.grid}>
          <DataTable label="Hosts" columns={columns} rows={hosts} keyOf={(host) => host.id} row_height={row_height}
            current_key={current} onCurrent={setCurrent} initial_sort={[{ id: 'name', desc: false }]} />
        </div>
      ) : null}
    </main>
  );
}
