// SPDX-License-Identifier: Apache-2.0
// How incidents get into the query cache, and how pushed ones are folded in.
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import { fetchIncident, fetchIncidents } from '../api/client';
import type { Incident } from '../api/types';
import { toQuery, type Filters } from './filters';
import { mergeIncidents, type IncidentPages } from './merge';

const lists_key = ['incidents', 'list'] as const;
const detail_key = (id: string) => ['incidents', 'detail', id] as const;

export function incidentList(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [...lists_key, filters] as const,
    queryFn: ({ pageParam, signal }) => fetchIncidents(toQuery(filters, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
}

export function incidentDetail(id: string) {
  return queryOptions({
    queryKey: detail_key(id),
    queryFn: ({ signal }) => fetchIncident(id, signal),
  });
}

/** The incident as some loaded list has it, to show at once while its detail is on the way. */
export function loadedIncident(client: QueryClient, id: string): Incident | undefined {
  for (const [, data] of client.getQueriesData<IncidentPages>({ queryKey: lists_key })) {
    for (const page of data?.pages ?? []) {
      const found = page.incidents.find((incident) => incident.id === id);
      if (found) return found;
    }
  }
  return undefined;
}

export function refetchIncidents(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ['incidents'] });
}

/** Folds pushed incidents into every loaded list. Returns the ids that are new in the list on screen. */
export function applyPushed(client: QueryClient, pushed: readonly Incident[]): string[] {
  const appeared: string[] = [];
  for (const query of client.getQueryCache().findAll({ queryKey: lists_key })) {
    const data = query.state.data as IncidentPages | undefined;
    if (!data) continue;
    const merged = mergeIncidents(data, query.queryKey[2] as Filters, pushed);
    if (merged.pages !== data) client.setQueryData(query.queryKey, merged.pages);
    if (merged.uncertain) void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    if (query.isActive()) appeared.push(...merged.appeared);
  }
  for (const incident of pushed) void client.invalidateQueries({ queryKey: detail_key(incident.id) });
  return appeared;
}

export function isFetchingLists(client: QueryClient): boolean {
  return client.isFetching({ queryKey: lists_key }) > 0;
}
