// SPDX-License-Identifier: Apache-2.0
// Which of a host's counters mean that something was not seen, not kept or not enforced.
import type { Host } from '../api/types';

export interface Loss {
  name: string;
  value: number;
}

const loss_words = /lost|loss|missing|missed|not_|unscannable|out_of_reach|undecodable|without|drop|gap|skip|fail|error|unevaluable|overflow|full|refused|truncated|expired|timeout/;

/** The counters of loss that are not zero, largest first. */
export function lossesOf(host: Pick<Host, 'counters'>): Loss[] {
  return Object.entries(host.counters)
    .filter(([name, value]) => value > 0 && loss_words.test(name))
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => b.value - a.value);
}

export function totalLoss(host: Pick<Host, 'counters'>): number {
  return lossesOf(host).reduce((sum, loss) => sum + loss.value, 0);
}

/** events_lost_ring_full → events lost ring full */
export function counterName(name: string): string {
  return name.replaceAll('_', ' ');
}

/** The newest bundle that any host has: those with an older one are behind. */
export function newestBundle(hosts: readonly Pick<Host, 'bundle_version'>[]): number {
  return hosts.reduce((newest, host) => Math.max(newest, host.bundle_version), 0);
}
