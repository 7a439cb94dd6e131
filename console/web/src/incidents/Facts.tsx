// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { CopyButton } from '../ui/CopyButton';
import styles from './facts.module.css';

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{title}</h3>
      {children}
    </section>
  );
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

interface FactProps {
  name: string;
  /** What the copy button copies; without it there is none. */
  copy?: string;
  children: ReactNode;
}

export function Fact({ name, copy, children }: FactProps) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>
        <span className={styles.value}>{children}</span>
        {copy ? <CopyButton text={copy} what={name.toLowerCase()} /> : null}
      </dd>
    </div>
  );
}
