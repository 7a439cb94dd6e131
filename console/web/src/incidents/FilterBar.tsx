// SPDX-License-Identifier: Apache-2.0
import { useState, type Ref } from 'react';
import { levels } from '../api/types';
import { level_names } from '../ui/Badges';
import { Button } from '../ui/Button';
import { formatCount } from '../ui/format';
import { isFiltered, withFilter, type Filters } from './filters';
import styles from './filterbar.module.css';
import { HostFilter } from './HostFilter';
import { SearchField } from './SearchField';
import { VerdictFilter } from './VerdictFilter';

interface Props {
  filters: Filters;
  onChange: (filters: Filters) => void;
  total: number | undefined;
  search_ref: Ref<HTMLInputElement>;
}

export function FilterBar({ filters, onChange, total, search_ref }: Props) {
  // Remounts the text fields when everything is cleared, so that half-typed text goes too.
  const [cleared, setCleared] = useState(0);
  const set = (key: keyof Filters, value: string | undefined) => onChange(withFilter(filters, key, value));

  return (
    <div className={styles.bar}>
      <div className={styles.heading}>
        <h1>Incidents</h1>
        <span className={styles.total} role="status">
          {total === undefined ? '' : `${formatCount(total)} ${isFiltered(filters) ? 'matching' : 'in all'}`}
        </span>
      </div>
      <div className={styles.controls} role="search" aria-label="Filter incidents">
        <SearchField key={`q${cleared}`} value={filters.q ?? ''} onSearch={(q) => set('q', q)} ref={search_ref} />
        <VerdictFilter value={filters.verdict} onChange={(verdict) => set('verdict', verdict)} />
        <select className={styles.field} aria-label="Level" value={filters.level ?? ''} data-set={filters.level !== undefined}
          onChange={(event) => set('level', event.target.value)}>
          <option value="">Any level</option>
          {[...levels].reverse().map((level) => <option key={level} value={level}>{level_names[level]}</option>)}
        </select>
        <HostFilter key={`host${cleared}`} value={filters.host ?? ''} onChange={(host) => set('host', host)} />
        {isFiltered(filters) ? (
          <Button look="quiet" onClick={() => {
            setCleared(cleared + 1);
            onChange({});
          }}>Clear</Button>
        ) : null}
      </div>
    </div>
  );
}
