// SPDX-License-Identifier: Apache-2.0
import { createColumnHelper } from '@tanstack/react-table';
import type { AuditEntry } from '../api/types';
import type { Features } from '../ui/table_features';
import { FullTime } from '../ui/Time';
import { Two } from '../ui/Two';
import { actionName } from './actions';
import styles from './audit.module.css';

const helper = createColumnHelper<Features, AuditEntry>();

// Refused sign-ins that were only counted have several addresses.
function placeOf({ address, action }: AuditEntry) {
  if (address) return `from ${address}`;
  return action === 'session.refused' ? 'from several addresses' : 'on the console’s machine';
}

export const audit_columns = helper.columns([
  helper.accessor('time_ms', {
    header: 'Time',
    sortFn: 'basic',
    cell: ({ row: { original } }) => <FullTime ms={original.time_ms} />,
  }),
  helper.accessor('actor', {
    header: 'Who',
    sortFn: 'alphanumeric',
    cell: ({ row: { original } }) => (
      <Two first={original.actor || 'somebody unknown'} second={placeOf(original)} />
    ),
  }),
  helper.accessor('action', {
    header: 'Did what',
    sortFn: 'alphanumeric',
    cell: ({ row: { original } }) => (
      <Two first={<span className={styles.action} data-refused={original.action === 'session.refused'}>{actionName(original.action)}</span>}
        second={<code>{original.action}</code>} title={actionName(original.action)} />
    ),
  }),
  helper.accessor('object', {
    header: 'To what',
    sortFn: 'alphanumeric',
    cell: ({ row: { original } }) => <Two first={original.object} second={original.detail} title={[original.object, original.detail].filter(Boolean).join(': ')} />,
  }),
]);
