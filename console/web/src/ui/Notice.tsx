// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import styles from './notice.module.css';

interface Props {
  title: string;
  children: ReactNode;
  /** What to press next, if anything. */
  action?: ReactNode;
  tone?: 'plain' | 'bad';
}

/** What stands where content would: nothing yet, nothing found, or an error. Says what to do. */
export function Notice({ title, children, action, tone = 'plain' }: Props) {
  return (
    <div className={styles.notice} role={tone === 'bad' ? 'alert' : undefined} data-tone={tone}>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.text}>{children}</div>
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}
