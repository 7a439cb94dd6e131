// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

const slow_after_ms = 2_500;

/** True once something has been pending for long enough that people wonder. */
export function useSlow(is_pending: boolean): boolean {
  const [is_slow, setSlow] = useState(false);
  useEffect(() => {
    if (!is_pending) return;
    const timer = setTimeout(() => setSlow(true), slow_after_ms);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [is_pending]);
  return is_slow;
}
