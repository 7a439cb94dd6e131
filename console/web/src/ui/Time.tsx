// SPDX-License-Identifier: Apache-2.0
import { useTimeText } from './clock';
import { formatAgo, formatDateTime, formatShortTime } from './format';

interface Props {
  ms: number;
}

export function Ago({ ms }: Props) {
  const text = useTimeText((now_ms) => formatAgo(ms, now_ms));
  return <time dateTime={new Date(ms).toISOString()} title={formatDateTime(ms)}>{text}</time>;
}

export function ShortTime({ ms }: Props) {
  const text = useTimeText((now_ms) => formatShortTime(ms, now_ms));
  return <time dateTime={new Date(ms).toISOString()} title={formatDateTime(ms)}>{text}</time>;
}

export function FullTime({ ms }: Props) {
  return <time dateTime={new Date(ms).toISOString()}>{formatDateTime(ms)}</time>;
}
