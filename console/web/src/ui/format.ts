// SPDX-License-Identifier: Apache-2.0
// How numbers and times read on this page. Pure functions; times are Unix milliseconds, shown in the reader's zone.

const binary_units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** 0 B, 512 B, 64 KiB, 4.2 GiB: at most one decimal, never more precise than useful. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = -1;
  do {
    value /= 1024;
    unit += 1;
  } while (value >= 1023.95 && unit < binary_units.length - 1);
  const rounded = value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${rounded} ${binary_units[unit] ?? ''}`;
}

/** Every byte counted, for titles: 4,294,967,296 bytes. */
export function formatExactBytes(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${formatCount(bytes)} bytes`;
}

export function formatCount(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

/** How long ago. A time in the future is another clock's small error, so it reads as now. */
export function formatAgo(time_ms: number, now_ms: number): string {
  const age_ms = now_ms - time_ms;
  if (age_ms < 5_000) return 'just now';
  if (age_ms < minute_ms) return `${Math.floor(age_ms / 1000)} s ago`;
  if (age_ms < hour_ms) return `${Math.floor(age_ms / minute_ms)} min ago`;
  if (age_ms < day_ms) return `${Math.floor(age_ms / hour_ms)} h ago`;
  return `${Math.floor(age_ms / day_ms)} d ago`;
}

const two = (value: number) => String(value).padStart(2, '0');

export function formatClock(time_ms: number): string {
  const time = new Date(time_ms);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

export function formatDate(time_ms: number): string {
  const time = new Date(time_ms);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

export function formatDateTime(time_ms: number): string {
  return `${formatDate(time_ms)} ${formatClock(time_ms)}`;
}

/** The clock alone for today, the date with it otherwise. */
export function formatShortTime(time_ms: number, now_ms: number): string {
  if (formatDate(time_ms) === formatDate(now_ms)) return formatClock(time_ms);
  return `${formatDate(time_ms).slice(5)} ${formatClock(time_ms).slice(0, 5)}`;
}

/** A command line that a shell would read back as the same arguments. */
export function formatCommand(args: readonly string[]): string {
  return args.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
