// SPDX-License-Identifier: Apache-2.0
import { createColumnHelper } from '@tanstack/react-table';
import type { Host } from '../api/types';
import { formatCount } from '../ui/format';
import { Icon } from '../ui/Icon';
import type { Features } from '../ui/table_features';
import { Ago } from '../ui/Time';
import { Two } from '../ui/Two';
import { Untrusted } from '../ui/Untrusted';
import styles from './hosts.module.css';
import { counterName, lossesOf, totalLoss } from './losses';

const helper = createColumnHelper<Features, Host>();

export function hostColumns(newest_bundle: number) {
  return helper.columns([
    helper.accessor('name', {
      header: 'Host',
      sortFn: 'alphanumeric',
      cell: ({ row: { original } }) => (
        <Two first={<strong className={styles.name}><Untrusted text={original.name} /></strong>} second={<code><Untrusted text={original.id} /></code>} />
      ),
    }),
    helper.accessor((host) => (host.online ? 1 : 0), {
      id: 'online',
      header: 'State',
      sortFn: 'basic',
      cell: ({ row: { original } }) => (
        <Two icon={<span className={styles.dot} data-online={original.online} />}
          first={original.revoked ? 'Revoked' : original.online ? 'Online' : 'Offline'}
          second={<>{original.last_seen_ms > 0 ? <>seen <Ago ms={original.last_seen_ms} /></> : 'never reported'}<Certificate host={original} /></>} />
      ),
    }),
    helper.accessor('sensor', {
      header: 'Sensor',
      sortFn: 'alphanumeric',
      cell: ({ row: { original } }) => (
        <Two first={original.sensor || 'none'} second={original.sensor ? blindSpots(original.blind_spots) : 'not reported'}
          title={original.blind_spots.length > 0 ? `Cannot see: ${original.blind_spots.join('; ')}` : undefined} />
      ),
    }),
    helper.accessor('kernel', {
      header: 'Kernel',
      sortFn: 'alphanumeric',
      cell: ({ row: { original } }) => <Two first={original.kernel || 'not known'} second={original.agent_version ? `agent ${original.agent_version}` : ''} />,
    }),
    helper.accessor('bundle_version', {
      header: 'Bundle',
      sortFn: 'basic',
      cell: ({ row: { original } }) => <BundleCell host={original} newest={newest_bundle} />,
    }),
    helper.accessor(totalLoss, {
      id: 'losses',
      header: 'Not seen or not kept',
      sortFn: 'basic',
      cell: ({ row }) => <LossCell host={row.original} />,
    }),
  ]);
}

// A host renews its certificate in the last third of its life, which is longer than this.
const expiry_warning_days = 60;

function Certificate({ host }: { host: Host }) {
  const days = host.certificate_days_left;
  if (host.revoked || days >= expiry_warning_days) return null;
  return <span className={styles.warn}>{days < 1 ? '; certificate has ended' : `; certificate ends in ${days} days`}</span>;
}

function blindSpots(spots: readonly string[]) {
  if (spots.length === 0) return 'no known blind spot';
  return <span className={styles.warn}>{spots.length === 1 ? '1 blind spot' : `${spots.length} blind spots`}</span>;
}

function BundleCell({ host, newest }: { host: Host; newest: number }) {
  if (host.bundle_error) {
    return <Two icon={<span className={styles.bad}><Icon name="alert" /></span>} first={`v${host.bundle_version}`}
      second={<span className={styles.bad}>newer refused: <Untrusted text={host.bundle_error} /></span>} title={host.bundle_error} />;
  }
  const is_behind = host.bundle_version < newest;
  return <Two first={`v${host.bundle_version}`}
    second={is_behind ? <span className={styles.warn}>newest is v{newest}</span> : 'newest'} />;
}

function LossCell({ host }: { host: Host }) {
  const losses = lossesOf(host);
  const largest = losses[0];
  if (!largest) return <span className={styles.soft}>Nothing lost</span>;
  const title = losses.map((loss) => `${formatCount(loss.value)} ${counterName(loss.name)}`).join('\n');
  return (
    <Two icon={<span className={styles.bad}><Icon name="alert" /></span>} title={title}
      first={<span className={styles.bad}>{formatCount(largest.value)} {counterName(largest.name)}</span>}
      second={losses.length > 1 ? losses.slice(1).map((loss) => `${formatCount(loss.value)} ${counterName(loss.name)}`).join(', ') : ''} />
  );
}
