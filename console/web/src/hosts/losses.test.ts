// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { aHost } from '../testing/samples';
import { counterName, lossesOf, newestBundle, totalLoss } from './losses';

const host = aHost({ counters: { events_sent: 900, events_lost_ring_full: 4, scans_skipped: 11, spool_dropped: 0 } });

it('names counters of loss that are not zero, largest first', () =>
  expect(lossesOf(host)).toEqual([{ name: 'scans_skipped', value: 11 }, { name: 'events_lost_ring_full', value: 4 }]));
it('counts what the console misses, not what was only delivered twice', () =>
  expect(lossesOf(aHost({ counters: { console_events_missing: 2, console_events_repeated: 5 } }))).toEqual([
    { name: 'console_events_missing', value: 2 },
  ]));
it('every counter of the agent that means a gap is one', () => {
  const gaps = ['hook_missed', 'files_not_opened', 'files_unscannable', 'derived_files_out_of_reach', 'event_undecodable',
    'labels_not_remembered', 'label_refused_table_full', 'directories_skipped', 'judged_without_policy', 'console_spools_lost'];
  const host_with_gaps = aHost({ counters: Object.fromEntries(gaps.map((name) => [name, 1])) });
  expect(lossesOf(host_with_gaps).map((loss) => loss.name).sort()).toEqual(gaps.sort());
});
it('sums only losses', () => expect(totalLoss(host)).toBe(15));
it('reads a counter as words', () => expect(counterName('events_lost_ring_full')).toBe('events lost ring full'));
it('finds the newest bundle of the fleet', () => expect(newestBundle([aHost(), aHost({ bundle_version: 19 })])).toBe(19));
it('an empty fleet has no bundle', () => expect(newestBundle([])).toBe(0));
