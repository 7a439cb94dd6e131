// SPDX-License-Identifier: Apache-2.0
// Who is signed in. null means nobody; undefined means not known yet.
import { queryOptions } from '@tanstack/react-query';
import { fetchSession } from '../api/client';
import { ApiError } from '../api/errors';
import type { Session } from '../api/types';

export const session_key = ['session'] as const;

export const sessionQuery = queryOptions({
  queryKey: session_key,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await fetchSession(signal);
    } catch (error) {
      if (error instanceof ApiError && error.kind === 'signed-out') return null;
      throw error;
    }
  },
  staleTime: 60_000,
});
