// SPDX-License-Identifier: Apache-2.0
// What the analyst is looking at. The URL holds it, so a view can be sent to a colleague and survives a reload.
import { levels, verdicts, type Incident, type Level, type Verdict } from '../api/types';

export interface Filters {
  q?: string;
  level?: Level;
  verdict?: Verdict;
  host?: string;
}

export const page_size = 50;

/** Reads filters from a URL's search; what it does not know, it drops. */
export function parseFilters(search: Record<string, unknown>): Filters {
  const filters: Filters = {};
  const q = textOf(search['q']);
  const level = levels.find((known) => known === search['level']);
  const verdict = verdicts.find((known) => known === search['verdict']);
  const host = textOf(search['host']);
  if (q) filters.q = q;
  if (level) filters.level = level;
  if (verdict) filters.verdict = verdict;
  if (host) filters.host = host;
  return filters;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** The same filters with one changed; an empty value removes it. */
export function withFilter(filters: Filters, key: keyof Filters, value: string | undefined): Filters {
  return parseFilters({ ...filters, [key]: value });
}

export function isFiltered(filters: Filters): boolean {
  return Object.keys(filters).length > 0;
}

/** The query of GET /api/v1/incidents. */
export function toQuery(filters: Filters, cursor: string | null): URLSearchParams {
  const query = new URLSearchParams();
  for (const key of ['q', 'level', 'verdict', 'host'] as const) {
    const value = filters[key];
    if (value) query.set(key, value);
  }
  query.set('limit', String(page_size));
  if (cursor !== null) query.set('cursor', cursor);
  return query;
}

/**
 * Whether a pushed incident belongs to the view. 'unknown' where only the console can tell: what q matches is
 * decided by its full-text index.
 */
export function belongs(filters: Filters, incident: Incident): 'yes' | 'no' | 'unknown' {
  if (filters.level && filters.level !== incident.level) return 'no';
  if (filters.verdict && filters.verdict !== incident.verdict) return 'no';
  if (filters.host && filters.host !== incident.host.name && filters.host !== incident.host.id) return 'no';
  return filters.q ? 'unknown' : 'yes';
}
