// SPDX-License-Identifier: Apache-2.0
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from '@tanstack/react-router';
import type { Incident } from '../api/types';
import { ClassChip, LevelBadge, VerdictBadge } from '../ui/Badges';
import { formatCommand, formatCount } from '../ui/format';
import { Icon } from '../ui/Icon';
import type { Features } from '../ui/table_features';
import { Ago, ShortTime } from '../ui/Time';
import { BytesCell } from './Bytes';
import styles from './columns.module.css';
import { Two } from '../ui/Two';
import { Untrusted } from '../ui/Untrusted';
import { describeSink, deviceName, describeDestination, sink_names } from './summary';

const helper = createColumnHelper<Features, Incident>();

export const incident_columns = helper.columns([
  helper.display({ id: 'level', header: 'Level', cell: ({ row }) => <LevelBadge level={row.original.level} /> }),
  helper.display({
    id: 'time',
    header: 'Time',
    cell: ({ row: { original } }) => <Two first={<Ago ms={original.last_ms} />} second={<ShortTime ms={original.last_ms} />} />,
  }),
  helper.display({
    id: 'title',
    header: 'What happened',
    cell: ({ row: { original } }) => (
      <Two second={<code><Untrusted text={formatCommand(original.process.args)} /></code>}
        first={
          // The row itself takes the keyboard; the link is for the mouse: opening a tab and copying the address.
          <Link className={styles.title} to="/incidents/$id" params={{ id: original.id }} search={true} tabIndex={-1}
            onClick={(event) => event.stopPropagation()}>
            <Untrusted text={original.title} />
          </Link>
        } />
    ),
  }),
  helper.display({ id: 'verdict', header: 'Verdict', cell: ({ row }) => <VerdictBadge verdict={row.original.verdict} /> }),
  helper.display({
    id: 'who',
    header: 'User and host',
    cell: ({ row: { original } }) => (
      <Two first={original.user.name || `uid ${original.user.id}`} second={`@${original.host.name}`} />
    ),
  }),
  helper.display({
    id: 'process',
    header: 'Process',
    cell: ({ row: { original } }) => <Two first={original.process.name} second={`pid ${original.process.pid}`} />,
  }),
  helper.display({
    id: 'artifact',
    header: 'Artifact',
    cell: ({ row: { original: { artifact } } }) =>
      artifact ? (
        <Two first={artifact.name || 'not known by name'} second={<><ClassChip name={artifact.class} /> <Untrusted text={artifact.kind.replaceAll('-', ' ')} /></>} />
      ) : <span className={styles.none}>not known</span>,
  }),
  helper.display({ id: 'sink', header: 'Going to', cell: ({ row }) => <SinkCell incident={row.original} /> }),
  helper.display({ id: 'bytes', header: 'Out / budget', cell: ({ row }) => <BytesCell incident={row.original} /> }),
  helper.display({
    id: 'count',
    header: () => <abbr className={styles.abbr} title="How many operations this incident folds together">Count</abbr>,
    cell: ({ row }) => formatCount(row.original.count),
  }),
]);

function SinkCell({ incident: { sink } }: { incident: Incident }) {
  if (sink?.kind === 'removable') {
    return <Two icon={<Icon name="usb" />} first={sink.device ? deviceName(sink) || 'USB stick' : 'USB stick'}
      second={sink.device?.serial ? `USB ${sink.device.serial}` : 'USB'} />;
  }
  if (sink?.kind === 'network') {
    const { destination } = sink;
    return <Two icon={<Icon name="network" />} first={destination ? destination.domain || destination.ip : 'Network'}
      second={destination ? `port ${destination.port}/${destination.transport}` : ''}
      title={destination ? describeDestination(destination) : undefined} />;
  }
  if (sink && sink.kind !== 'read') {
    return <Two icon={<Icon name={sink.kind === 'device' ? 'usb' : 'network'} />} first={sink_names[sink.kind]}
      second={describeSink(sink)} title={describeSink(sink)} />;
  }
  return <Two icon={<Icon name="read" />} first="Read on the host" second="no sink" />;
}
