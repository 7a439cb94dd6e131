// SPDX-License-Identifier: Apache-2.0
import { verdicts, type Verdict } from '../api/types';
import { verdict_names } from '../ui/Badges';
import styles from './filterbar.module.css';

interface Props {
  value: Verdict | undefined;
  onChange: (verdict: Verdict | undefined) => void;
}

export function VerdictFilter({ value, onChange }: Props) {
  return (
    <fieldset className={styles.segments}>
      <legend className="visually-hidden">Verdict</legend>
      {[undefined, ...verdicts.toReversed()].map((verdict) => (
        <label key={verdict ?? 'any'} className={styles.segment}>
          <input className="visually-hidden" type="radio" name="verdict" checked={verdict === value}
            onChange={() => onChange(verdict)} />
          <span>{verdict ? verdict_names[verdict] : 'All'}</span>
        </label>
      ))}
    </fieldset>
  );
}
