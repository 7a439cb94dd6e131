// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { fakeConsole, problem } from '../testing/console';
import { anIncident, aPage } from '../testing/samples';
import { fetchIncidents, fetchSession, signIn, signOut } from './client';

const signal = new AbortController().signal;

describe('the client', () => {
  it('returns what the console sends when it has the agreed shape', async () => {
    const page = aPage([anIncident(1)], 'next', 40);
    fakeConsole({ 'GET /api/v1/incidents': { body: page } });
    await expect(fetchIncidents(new URLSearchParams(), signal)).resolves.toEqual(page);
  });

  it('says where an answer of another shape departs', async () => {
    fakeConsole({ 'GET /api/v1/incidents': { body: aPage([{ ...anIncident(1), level: 'huge' as 'high' }]) } });
    await expect(fetchIncidents(new URLSearchParams(), signal)).rejects.toMatchObject({
      kind: 'unexpected',
      message: expect.stringContaining('incidents.0.level') as string,
    });
  });

  it.each([
    [401, 'signed-out'],
    [404, 'not-found'],
    [422, 'refused'],
    [429, 'throttled'],
    [503, 'server'],
  ])('turns status %i into %s, with the console’s own words', async (status, kind) => {
    fakeConsole({ 'GET /api/v1/session': { status, body: problem('x', 'Its own words.'), headers: { 'Retry-After': '7' } } });
    await expect(fetchSession()).rejects.toMatchObject({ kind, message: 'Its own words.', retry_after_s: 7 });
  });

  it('has words of its own when the console has none', async () => {
    fakeConsole({ 'GET /api/v1/session': { status: 502 } });
    await expect(fetchSession()).rejects.toMatchObject({ kind: 'server', message: 'The console answered with status 502.' });
  });

  it('tells no answer from a bad one', async () => {
    fakeConsole({ 'POST /api/v1/session': 'unreachable' });
    await expect(signIn('a', 'b')).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('counts as signed out when the session was over already', async () => {
    fakeConsole({ 'DELETE /api/v1/session': { status: 401, body: problem('unauthorized', 'Sign in first.') } });
    await expect(signOut()).resolves.toBeUndefined();
  });
});
