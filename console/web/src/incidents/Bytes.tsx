// SPDX-License-Identifier: Apache-2.0
// How much got out, against what the rule lets through.
import type { Incident } from '../api/types';
import { formatBytes, formatExactBytes } from '../ui/format';
import styles from './bytes.module.css';

interface Props {
  incident: Pick<Incident, 'bytes_out' | 'budget_bytes'>;
}

const bar_width = 100;

/** Bytes above the budget got out; with a budget of nothing, any byte is above it. */
function isOver({ bytes_out, budget_bytes }: Props['incident']): boolean {
  return bytes_out > budget_bytes;
}

export function BytesCell({ incident }: { incident: Incident }) {
  const is_metered = incident.sink?.kind !== 'read' || incident.bytes_out > 0 || incident.budget_bytes > 0;
  if (!is_metered) return <span className={styles.budget}>not metered</span>;
  const title = `${formatExactBytes(incident.bytes_out)} out, budget ${formatExactBytes(incident.budget_bytes)}`;
  return (
    <div className={styles.cell} data-over={isOver(incident) || undefined} title={title}>
      <div className={styles.out}>{formatBytes(incident.bytes_out)}</div>
      <div className={styles.budget}>of {formatBytes(incident.budget_bytes)}</div>
    </div>
  );
}

export function BytesBar({ incident }: Props) {
  const { bytes_out, budget_bytes } = incident;
  const share = budget_bytes > 0 ? Math.min(1, bytes_out / budget_bytes) : bytes_out > 0 ? 1 : 0;
  return (
    <svg className={styles.bar} viewBox={`0 0 ${bar_width} 4`} preserveAspectRatio="none" aria-hidden="true"
      data-over={isOver(incident) || undefined}>
      <rect className={styles.track} width={bar_width} height="4" />
      <rect className={styles.fill} width={share * bar_width} height="4" />
    </svg>
  );
}

export function BytesFigures({ incident }: { incident: Incident }) {
  const over = isOver(incident);
  return (
    <div className={styles.figures} data-over={over || undefined}>
      <dl className={styles.row}>
        <div>
          <dt>Bytes out</dt>
          <dd className={styles.big} title={formatExactBytes(incident.bytes_out)}>{formatBytes(incident.bytes_out)}</dd>
        </div>
        <div>
          <dt>Budget</dt>
          <dd title={formatExactBytes(incident.budget_bytes)}>{formatBytes(incident.budget_bytes)}</dd>
        </div>
        <div>
          <dt>Asked for</dt>
          <dd title={formatExactBytes(incident.bytes_requested)}>{formatBytes(incident.bytes_requested)}</dd>
        </div>
      </dl>
      <BytesBar incident={incident} />
      {over ? <p className={styles.over}>More than the budget got out.</p> : null}
    </div>
  );
}
