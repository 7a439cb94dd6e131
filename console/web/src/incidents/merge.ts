// SPDX-License-Identifier: Apache-2.0
// Folds pushed incidents into the pages that are already on screen.
//
// Pages hold incidents by descending number (newest first). A changed incident is replaced where it stands; a new
// one is put where its number belongs; one that no longer fits the filters leaves. An incident older than the last
// loaded page is left to that page's own fetch.
import type { InfiniteData } from '@tanstack/react-query';
import type { Incident, IncidentPage } from '../api/types';
import { belongs, type Filters } from './filters';

export type IncidentPages = InfiniteData<IncidentPage, string | null>;

export interface Merged {
  pages: IncidentPages;
  /** Ids of rows that were not there before. */
  appeared: string[];
  /** The console has to be asked: whether something belongs here cannot be told from the incident alone. */
  uncertain: boolean;
}

export function mergeIncidents(pages: IncidentPages, filters: Filters, pushed: readonly Incident[]): Merged {
  const merged: Merged = { pages, appeared: [], uncertain: false };
  for (const incident of pushed) mergeOne(merged, filters, incident);
  return merged;
}

function mergeOne(merged: Merged, filters: Filters, incident: Incident): void {
  const pages = merged.pages.pages;
  const fits = belongs(filters, incident);
  const at = pages.findIndex((page) => page.incidents.some((known) => known.id === incident.id));

  if (at >= 0) {
    if (fits === 'no') {
      merged.pages = change(merged.pages, at, (list) => list.filter((known) => known.id !== incident.id), -1);
    } else {
      merged.pages = change(merged.pages, at, (list) => list.map((known) => (known.id === incident.id ? incident : known)), 0);
    }
    return;
  }
  if (fits === 'no') return;
  if (fits === 'unknown') {
    merged.uncertain = true;
    return;
  }
  const target = pageFor(pages, incident.number);
  if (target < 0) return;
  merged.pages = change(merged.pages, target, (list) => insert(list, incident), 1);
  merged.appeared.push(incident.id);
}

/** The page that an incident with this number belongs to; -1 if that page is not loaded. */
function pageFor(pages: readonly IncidentPage[], number: number): number {
  const found = pages.findIndex((page) => {
    const last = page.incidents.at(-1);
    return last !== undefined && last.number < number;
  });
  if (found >= 0) return found;
  const is_complete = pages.at(-1)?.next_cursor === null;
  return is_complete ? pages.length - 1 : -1;
}

function insert(list: readonly Incident[], incident: Incident): Incident[] {
  const before = list.filter((known) => known.number > incident.number);
  return [...before, incident, ...list.slice(before.length)];
}

function change(
  data: IncidentPages, index: number, edit: (list: Incident[]) => Incident[], total_change: number,
): IncidentPages {
  return {
    ...data,
    pages: data.pages.map((page, position) => ({
      ...page,
      total: Math.max(0, page.total + total_change),
      incidents: position === index ? edit(page.incidents) : page.incidents,
    })),
  };
}
