// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatCommand, formatCount, formatDateTime, formatExactBytes, formatShortTime } from './format';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [65_536, '64 KiB'],
    [1_048_575, '1 MiB'],
    [4_512_003_112, '4.2 GiB'],
    [150 * 2 ** 30, '150 GiB'],
    [3 * 2 ** 60, '3072 PiB'],
  ])('writes %i as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('counts every byte where exactness is asked for', () => {
    expect(formatExactBytes(1)).toBe('1 byte');
    expect(formatExactBytes(4_294_967_296)).toBe('4,294,967,296 bytes');
    expect(formatCount(1234)).toBe('1,234');
  });
});

describe('formatAgo', () => {
  const now = 1_700_000_000_000;
  it.each([
    [-30_000, 'just now'],
    [4_999, 'just now'],
    [5_000, '5 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [3_600_000, '1 h ago'],
    [86_400_000 * 3, '3 d ago'],
  ])('an age of %i ms reads %s', (age, text) => expect(formatAgo(now - age, now)).toBe(text));
});

describe('absolute times', () => {
  const morning = new Date(2026, 10, 23, 1, 3, 4).getTime();
  it('are complete and sortable', () => expect(formatDateTime(morning)).toBe('2026-11-23 01:03:04'));
  it('show the clock alone today, and the date on any other day', () => {
    expect(formatShortTime(morning, morning + 3_600_000)).toBe('01:03:04');
    expect(formatShortTime(morning, morning + 86_400_000)).toBe('11-23 01:03');
  });
});

describe('formatCommand', () => {
  it('leaves plain arguments alone', () => expect(formatCommand(['cp', '-a', './x=1', '/a/b'])).toBe('cp -a ./x=1 /a/b'));
  it('quotes what a shell would take apart', () =>
    expect(formatCommand(['cp', 'a b', '', "it's", '$HOME'])).toBe("cp 'a b' '' 'it'\\''s' '$HOME'"));
});
