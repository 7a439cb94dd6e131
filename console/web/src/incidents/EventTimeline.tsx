// SPDX-License-Identifier: Apache-2.0
import type { IncidentEvent } from '../api/types';
import { formatBytes, formatClock, formatCount, formatDateTime } from '../ui/format';
import { Untrusted } from '../ui/Untrusted';
import { Section } from './Facts';
import styles from './timeline.module.css';

/** Each thing the kernel saw, oldest first. Undefined while on the way. */
export function EventTimeline({ events }: { events: readonly IncidentEvent[] | undefined }) {
  const sorted = events ? [...events].sort((a, b) => a.sequence - b.sequence) : [];
  return (
    <Section title={events ? `Events (${formatCount(events.length)})` : 'Events'}>
      {events === undefined ? <p className={styles.soft}>Loading…</p> : null}
      <ol className={styles.events}>
        {sorted.map((event) => (
          <li key={event.sequence} className={styles.event}>
            <time className={styles.time} dateTime={new Date(event.time_ms).toISOString()} title={formatDateTime(event.time_ms)}>
              {formatClock(event.time_ms)}
            </time>
            <div className={styles.what}>
              <div>
                <span className={styles.operation}><Untrusted text={event.operation} /></span>{' '}
                {event.bytes_requested > 0 ? formatBytes(event.bytes_requested) : ''}
                {event.count > 1 ? <span className={styles.soft}> × {formatCount(event.count)}</span> : null}
              </div>
              {event.path ? <code className={styles.path}><Untrusted text={event.path} /></code> : null}
            </div>
            <span className={styles.sequence} title="The event’s number in its host’s sequence">#{event.sequence}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
