// SPDX-License-Identifier: Apache-2.0
import type { Incident } from '../api/types';
import { Untrusted } from '../ui/Untrusted';
import { visible } from '../ui/untrusted';
import styles from './detail.module.css';
import { summarize } from './summary';

export function Summary({ incident }: { incident: Incident }) {
  return (
    <p className={styles.summary}>
      {summarize(incident).map((phrase, index) =>
        phrase.style === 'code' ? <code key={index}><Untrusted text={phrase.text} /></code>
          : phrase.style === 'strong' ? <strong key={index}><Untrusted text={phrase.text} /></strong>
            : visible(phrase.text))}
    </p>
  );
}
