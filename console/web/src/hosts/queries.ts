// SPDX-License-Identifier: Apache-2.0
import { queryOptions } from '@tanstack/react-query';
import { fetchHosts } from '../api/client';

export const hostsQuery = queryOptions({
  queryKey: ['hosts'],
  queryFn: ({ signal }) => fetchHosts(signal),
  refetchInterval: 15_000,
});
