// SPDX-License-Identifier: Apache-2.0
import { useLive } from '../incidents/live';
import { formatClock } from '../ui/format';
import styles from './header.module.css';

/** Whether what is on screen is current. */
export function Connection() {
  const { state } = useLive();
  const text = {
    connecting: () => 'Connecting…',
    live: () => 'Live',
    reconnecting: () => (state.kind === 'reconnecting' ? `Reconnecting since ${formatClock(state.since_ms)}` : ''),
  }[state.kind]();
  return (
    <span className={styles.connection} data-state={state.kind} role="status"
      title={state.kind === 'live' ? 'New incidents appear by themselves' : 'What you see may be out of date'}>
      <span className={styles.dot} /> {text}
    </span>
  );
}
