// SPDX-License-Identifier: Apache-2.0
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { session_key } from '../session/queries';
import { ApiError } from './errors';

const retries = 2;

/** One cache for the page. A 401 from any call ends the session; only errors that may pass are tried again. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.kind === 'signed-out') client.setQueryData(session_key, null);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < retries && mayPass(error),
        retryDelay: (failures) => 400 * 2 ** failures,
      },
    },
  });
  return client;
}

function mayPass(error: unknown): boolean {
  return error instanceof ApiError && (error.kind === 'unreachable' || error.kind === 'server');
}
