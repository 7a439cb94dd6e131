// SPDX-License-Identifier: Apache-2.0
/** The product's mark: a shield with an M. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path fill="var(--accent)" d="M16 2 4 6.5v8.3C4 22 9 27.7 16 30c7-2.3 12-8 12-15.2V6.5z" />
      <path fill="none" stroke="var(--on-accent)" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round"
        d="M10 20.5v-9l6 6 6-6v9" />
    </svg>
  );
}
