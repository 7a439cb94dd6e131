// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import styles from './two.module.css';

interface Props {
  first: ReactNode;
  second: ReactNode;
  icon?: ReactNode;
  title?: string | undefined;
}

/** A table cell of two lines: the fact, and under it what tells it apart from its like. Both are cut, not wrapped. */
export function Two({ first, second, icon, title }: Props) {
  return (
    <div className={styles.two} title={title ?? (typeof first === 'string' ? first : undefined)}>
      {icon ? <span className={styles.icon}>{icon}</span> : null}
      <div className={styles.lines}>
        <div className={styles.first}>{first}</div>
        <div className={styles.second}>{second}</div>
      </div>
    </div>
  );
}
