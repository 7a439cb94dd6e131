// SPDX-License-Identifier: Apache-2.0
// One clock for every relative time on the page, so that they all move together and nothing else re-renders.
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** A text made from the current time; re-renders only when the text changes. */
export function useTimeText(format: (now_ms: number) => string): string {
  return useSyncExternalStore(subscribe, () => format(Date.now()));
}
