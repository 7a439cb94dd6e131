// SPDX-License-Identifier: Apache-2.0
// Who is signed in. null means nobody; undefined means not known yet.
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { fetchSession } from '../api/client';
import { ApiError } from '../api/errors';
import type { Session } from '../api/types';

export const session_key = ['session'] as const;
const left_key = ['session', 'left'] as const;

/** Ends the session in this page because its user asked for it; nothing that they saw stays behind. */
export function leaveSession(client: QueryClient): void {
  client.setQueryData(left_key, true);
  client.setQueryData(session_key, null);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== session_key[0] });
}

export function enterSession(client: QueryClient, session: Session): void {
  client.setQueryData(left_key, false);
  client.setQueryData(session_key, session);
}

/** Whether the last session was left on purpose, and did not just run out. */
export function hasLeft(client: QueryClient): boolean {
  return client.getQueryData<boolean>(left_key) ?? false;
}

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
