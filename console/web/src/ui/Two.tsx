// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import styles from './two.module.css';
import { Untrusted } from './Untrusted';
import { visible } from './untrusted';

interface Props {
  first: ReactNode;
  second: ReactNode;
  icon?: ReactNode;
  title?: string | undefined;
}

/**
 * A table cell of two lines: the fact, and under it what tells it apart from its like. Both are cut, not wrapped. Text may
 * be untrusted.
 */
export function Two({ first, second, icon, title }: Props) {
  const tip = title ?? (typeof first === 'string' ? first : undefined);
  return (
    <div className={styles.two} title={tip === undefined ? undefined : visible(tip)}>
      {icon ? <span className={styles.icon}>{icon}</span> : null}
      <div className={styles.lines}>
        <div className={styles.first}>{isolated(first)}</div>
        <div className={styles.second}>{isolated(second)}</div>
      </div>
    </div>
  );
}

function isolated(line: ReactNode): ReactNode {
  return typeof line === 'string' && line !== '' ? <Untrusted text={line} /> : line;
}
