// SPDX-License-Identifier: Apache-2.0
// Keeps what the reader looks at in place when rows are put in above it.
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

interface Steady {
  /** Rows that arrived above the view and have not been scrolled to yet. */
  unseen: number;
  onScroll: () => void;
}

export function useSteadyScroll(scroller: RefObject<HTMLElement | null>, keys: string[], row_height: number): Steady {
  const first_key = useRef<string | undefined>(undefined);
  const [unseen, setUnseen] = useState(0);

  useLayoutEffect(() => {
    const box = scroller.current;
    const known = first_key.current;
    first_key.current = keys[0];
    if (!box || known === undefined || known === keys[0]) return;
    const added = keys.indexOf(known);
    if (added <= 0) {
      setUnseen(0); // another list altogether
    } else if (box.scrollTop >= row_height / 2) {
      box.scrollBy({ top: added * row_height });
      setUnseen((count) => count + added);
    }
  }, [scroller, keys, row_height]);

  return {
    unseen,
    onScroll: () => {
      if (unseen > 0 && (scroller.current?.scrollTop ?? 0) < row_height / 2) setUnseen(0);
    },
  };
}
