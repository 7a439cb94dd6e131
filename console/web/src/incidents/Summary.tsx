// SPDX-License-Identifier: Apache-2.0
import type { Incident } from '../api/types';
import styles from './detail.module.css';
import { summarize } from './summary';

export function Summary({ incident }: { incident: Incident }) {
  return (
    <p className={styles.summary}>
      {summarize(incident).map((phrase, index) =>
        phrase.style === 'code' ? <code key={index}>{phrase.text}</code>
          : phrase.style === 'strong' ? <strong key={index}>{phrase.text}</strong>
            : phrase.text)}
    </p>
  );
}
