// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { IncidentPage } from '../api/types';
import { anIncident, aPage } from '../testing/samples';
import { mergeIncidents, type IncidentPages } from './merge';

const pagesOf = (...pages: IncidentPage[]): IncidentPages => ({ pages, pageParams: pages.map(() => null) });
const numbersIn = (data: IncidentPages) => data.pages.map((page) => page.incidents.map((incident) => incident.number));
const totalOf = (data: IncidentPages) => data.pages.map((page) => page.total);

const two_pages = pagesOf(
  aPage([anIncident(20), anIncident(18)], 'c1', 6),
  aPage([anIncident(15), anIncident(12)], 'c2', 6),
);

describe('a pushed incident', () => {
  it('goes on top when it is new, and is counted', () => {
    const { pages, appeared } = mergeIncidents(two_pages, {}, [anIncident(21)]);
    expect(numbersIn(pages)).toEqual([[21, 20, 18], [15, 12]]);
    expect(totalOf(pages)).toEqual([7, 7]);
    expect(appeared).toEqual(['INC-000021']);
  });

  it('replaces its older self in place, without being counted again', () => {
    const { pages, appeared } = mergeIncidents(two_pages, {}, [anIncident(15, { count: 9 })]);
    expect(numbersIn(pages)).toEqual(numbersIn(two_pages));
    expect(pages.pages[1]?.incidents[0]?.count).toBe(9);
    expect(totalOf(pages)).toEqual([6, 6]);
    expect(appeared).toEqual([]);
  });

  it('takes the place of its number when it comes late', () => {
    expect(numbersIn(mergeIncidents(two_pages, {}, [anIncident(19), anIncident(16)]).pages)).toEqual([[20, 19, 18], [16, 15, 12]]);
  });

  it('is left to its own page when it is older than what is loaded', () => {
    expect(mergeIncidents(two_pages, {}, [anIncident(3)]).pages).toBe(two_pages);
  });

  it('goes to the end when everything is loaded', () => {
    const all = pagesOf(aPage([anIncident(20)], null, 1));
    expect(numbersIn(mergeIncidents(all, {}, [anIncident(3)]).pages)).toEqual([[20, 3]]);
  });

  it('is the first of an empty list', () => {
    const { pages } = mergeIncidents(pagesOf(aPage([])), {}, [anIncident(1), anIncident(2)]);
    expect(numbersIn(pages)).toEqual([[2, 1]]);
    expect(totalOf(pages)).toEqual([2]);
  });

  it('leaves when it no longer fits the filters', () => {
    const { pages } = mergeIncidents(two_pages, { level: 'high' }, [anIncident(18, { level: 'low' })]);
    expect(numbersIn(pages)).toEqual([[20], [15, 12]]);
    expect(totalOf(pages)).toEqual([5, 5]);
  });

  it('changes nothing when it never fitted', () => {
    expect(mergeIncidents(two_pages, { verdict: 'block' }, [anIncident(21, { verdict: 'alert' })]).pages).toBe(two_pages);
  });

  it('is a question to the console while there is a search', () => {
    const { pages, uncertain } = mergeIncidents(two_pages, { q: 'x' }, [anIncident(21)]);
    expect(pages).toBe(two_pages);
    expect(uncertain).toBe(true);
  });

  it('does not change the pages it is merged into', () => {
    const before = structuredClone(two_pages);
    mergeIncidents(two_pages, {}, [anIncident(21), anIncident(15, { count: 2 })]);
    expect(two_pages).toEqual(before);
  });
});
