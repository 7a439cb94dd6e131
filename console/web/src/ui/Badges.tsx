// SPDX-License-Identifier: Apache-2.0
// Level and verdict as people see them: a word and a shape, with colour only as a third hint.
import type { Level, Verdict } from '../api/types';
import { Icon } from './Icon';
import styles from './badges.module.css';
import { Untrusted } from './Untrusted';

const bars_of: Record<Level, number> = { informational: 0, low: 1, medium: 2, high: 3, critical: 4 };

export const level_names: Record<Level, string> = {
  informational: 'Info',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

export const verdict_names: Record<Verdict, string> = {
  kill: 'Process ended',
  block: 'Blocked',
  throttle: 'Slowed down',
  alert: 'Alert only',
};

export function LevelBadge({ level }: { level: Level }) {
  return (
    <span className={styles.level} data-level={level}>
      <svg width="15" height="12" viewBox="0 0 15 12" aria-hidden="true">
        {[0, 1, 2, 3].map((bar) => (
          <rect key={bar} x={bar * 4} y={9 - bar * 3} width="3" height={3 + bar * 3} rx="0.8"
            fill="currentColor" opacity={bar < bars_of[level] ? 1 : 0.22} />
        ))}
      </svg>
      {level_names[level]}
    </span>
  );
}

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return (
    <span className={styles.verdict} data-verdict={verdict}>
      <Icon name={verdict} size={12} />
      {verdict_names[verdict]}
    </span>
  );
}

export function ClassChip({ name }: { name: string }) {
  return <span className={styles.chip}><Untrusted text={name} /></span>;
}
