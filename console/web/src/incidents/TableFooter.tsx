// SPDX-License-Identifier: Apache-2.0
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { explain } from '../api/errors';
import { Button } from '../ui/Button';
import { formatCount } from '../ui/format';

interface Props {
  list: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'isRefetchError' | 'error'>;
  shown: number;
  what?: string;
  onMore: () => void;
}

/** What stands below the last loaded row: more to come, the end, or why more could not be loaded. */
export function TableFooter({ list, shown, what = 'incidents', onMore }: Props) {
  if (list.isFetchNextPageError || list.isRefetchError) {
    return <span role="alert">{explain(list.error)} <Button small onClick={onMore}>Try again</Button></span>;
  }
  if (list.isFetchingNextPage) return <span role="status">Loading older {what}…</span>;
  if (list.hasNextPage) return <Button small onClick={onMore}>Load older {what}</Button>;
  return <span>{shown === 1 ? 'This is the only one.' : `These are all ${formatCount(shown)}.`}</span>;
}
