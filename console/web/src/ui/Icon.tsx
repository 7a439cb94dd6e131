// SPDX-License-Identifier: Apache-2.0
// The page's few icons, drawn on a 16 px grid with the current text colour. Decoration only: words carry the meaning.

const paths = {
  block: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M3.6 3.6l8.8 8.8',
  alert: 'M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.6v.1',
  throttle: 'M2 12.5a6.25 6.25 0 1 1 12 0M8 11l3-4.5M8 11v.1',
  kill: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M5.5 5.5l5 5M10.5 5.5l-5 5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.2 3.2L13 5',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M10.3 10.3l3.2 3.2',
  usb: 'M5 6.5h6v5.5a2 2 0 0 1-2 2h-2a2 2 0 0 1-2-2zM6 6.5v-4h4v4',
  network: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M1.75 8h12.5M8 1.75c-4.3 4-4.3 8.5 0 12.5M8 1.75c4.3 4 4.3 8.5 0 12.5',
  read: 'M1.5 8c3-5.3 10-5.3 13 0c-3 5.3-10 5.3-13 0M8 6a2 2 0 1 0 0 4a2 2 0 0 0 0-4',
  up: 'M8 13V3M3.5 7.5L8 3l4.5 4.5',
  down: 'M8 3v10M3.5 8.5L8 13l4.5-4.5',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
