// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../app/search';
import { anIncident } from '../testing/samples';
import { belongs, isFiltered, parseFilters, toQuery, withFilter, type Filters } from './filters';

const all: Filters = { q: 'rsync & co', level: 'high', verdict: 'block', host: 'ws-12' };

describe('filters in the address', () => {
  it('survive the way there and back', () => expect(parseFilters(parseSearch(stringifySearch({ ...all })))).toEqual(all));
  it('keep a number that is searched for as text', () => expect(parseFilters(parseSearch('?q=42'))).toEqual({ q: '42' }));
  it('drop what is unknown, empty or misspelt', () =>
    expect(parseFilters(parseSearch('?q=+&level=huge&verdict=maybe&x=1'))).toEqual({}));
  it('leave the address clean when nothing is filtered', () => {
    expect(stringifySearch({})).toBe('');
    expect(isFiltered({})).toBe(false);
  });
});

describe('withFilter', () => {
  it('sets one filter and keeps the others', () => expect(withFilter({ q: 'x' }, 'level', 'low')).toEqual({ q: 'x', level: 'low' }));
  it('removes a filter that is emptied', () => expect(withFilter(all, 'host', '')).toEqual({ q: all.q, level: 'high', verdict: 'block' }));
});

describe('toQuery', () => {
  it('is what the console is asked', () =>
    expect(toQuery(all, 'c/1').toString()).toBe('q=rsync+%26+co&level=high&verdict=block&host=ws-12&limit=50&cursor=c%2F1'));
  it('has no cursor for the first page', () => expect(toQuery({}, null).toString()).toBe('limit=50'));
});

describe('belongs', () => {
  const incident = anIncident(1);
  it('knows level, verdict and host', () => {
    expect(belongs({ level: 'high', verdict: 'block', host: 'ws-12' }, incident)).toBe('yes');
    expect(belongs({ host: 'host-12' }, incident)).toBe('yes');
    expect(belongs({ level: 'low' }, incident)).toBe('no');
    expect(belongs({ verdict: 'alert' }, incident)).toBe('no');
    expect(belongs({ host: 'ws-1' }, incident)).toBe('no');
  });
  it('leaves a search to the console, unless another filter already excludes', () => {
    expect(belongs({ q: 'cp' }, incident)).toBe('unknown');
    expect(belongs({ q: 'cp', level: 'low' }, incident)).toBe('no');
  });
});
