// SPDX-License-Identifier: Apache-2.0
// The whole page against a console of the test's own making.
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory } from '@tanstack/react-router';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { makeQueryClient } from '../api/query_client';
import { FakeEventSource, fakeConsole, problem } from '../testing/console';
import { aDetail, aHost, anIncident, aPage } from '../testing/samples';
import { App } from './App';
import { makeRouter, type AppRouter } from './router';

const session = { body: { username: 'alice', role: 'analyst' } };
const newest = anIncident(42, { title: 'To a stick' });
const older = anIncident(41, { title: 'To the network', level: 'low' });
const routes = {
  'GET /api/v1/session': session,
  'GET /api/v1/incidents': { body: aPage([newest, older], null, 2) },
  'GET /api/v1/incidents/INC-000042': { body: aDetail(newest) },
  'GET /api/v1/incidents/INC-000041': { body: aDetail(older) },
  'GET /api/v1/hosts': { body: { hosts: [aHost({ counters: { events_lost_ring_full: 3 } })] } },
};

let router: AppRouter;
function open(address: string, changes: Parameters<typeof fakeConsole>[0] = {}) {
  const asked = fakeConsole({ ...routes, ...changes });
  router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  render(<QueryClientProvider client={makeQueryClient()}><App router={router} /></QueryClientProvider>);
  return asked;
}
const address = () => router.state.location.href;
const rowOf = async (id: string) => (await screen.findAllByRole('row')).find((row) => row.dataset['key'] === id);

describe('the incidents', () => {
  it('are listed with their count', async () => {
    open('/incidents');
    expect(await screen.findByText('To a stick')).toBeTruthy();
    expect(screen.getByText('2 in all')).toBeTruthy();
  });

  it('are asked for with the filters of the address', async () => {
    const asked = open('/incidents?level=low&q=net');
    await screen.findByText('To a stick');
    expect(asked).toContain('GET /api/v1/incidents?q=net&level=low&limit=50');
    expect(screen.getByLabelText<HTMLInputElement>('Search incidents').value).toBe('net');
  });

  it('put a filter into the address', async () => {
    open('/incidents');
    await userEvent.click(await screen.findByRole('radio', { name: 'Blocked' }));
    expect(address()).toBe('/incidents?verdict=block');
    await userEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(address()).toBe('/incidents');
  });

  it('appear by themselves, and change in place', async () => {
    open('/incidents');
    await screen.findByText('To a stick');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stream = FakeEventSource.latest as FakeEventSource;
    stream.push(anIncident(43, { title: 'Just now' }));
    stream.push(anIncident(41, { title: 'Now worse', level: 'critical' }));
    act(() => void vi.advanceTimersByTime(1_000));
    vi.useRealTimers();
    expect(await screen.findByText('Just now')).toBeTruthy();
    expect(screen.getByText('Now worse')).toBeTruthy();
    expect(screen.queryByText('To the network')).toBeNull();
    expect((await rowOf('INC-000043'))?.dataset['fresh']).toBe('true');
    expect(screen.getByText('3 in all')).toBeTruthy();
  });

  it('say how to go on when there are none, and when none match', async () => {
    open('/incidents', { 'GET /api/v1/incidents': { body: aPage([]) } });
    expect(await screen.findByText('No incidents yet')).toBeTruthy();
    await act(() => router.navigate({ href: '/incidents?verdict=alert' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Clear all filters' }));
    expect(address()).toBe('/incidents');
  });

  it('say why they could not be loaded, and try again when asked', async () => {
    let is_broken = true;
    open('/incidents', {
      'GET /api/v1/incidents': () =>
        is_broken ? { status: 422, body: problem('bad', 'The cursor is not one of ours.') } : { body: aPage([newest]) },
    });
    expect((await screen.findByRole('alert')).textContent).toContain('The cursor is not one of ours.');
    is_broken = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('To a stick')).toBeTruthy();
  });
});

describe('the detail', () => {
  it('opens with Enter, moves with j and k, and closes with Escape', async () => {
    open('/incidents?verdict=block');
    (await rowOf('INC-000042'))?.focus();
    await userEvent.keyboard('{Enter}');
    const panel = await screen.findByRole('complementary', { name: 'Incident INC-000042' });
    expect(address()).toBe('/incidents/INC-000042?verdict=block');
    expect(document.activeElement).toBe(panel);
    await userEvent.keyboard('j');
    expect(await screen.findByRole('complementary', { name: 'Incident INC-000041' })).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    expect(address()).toBe('/incidents?verdict=block');
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset['key']).toBe('INC-000041'));
  });

  it('opens from its address, with everything an analyst asks', async () => {
    open('/incidents/INC-000042');
    const panel = within(await screen.findByRole('complementary', { name: 'Incident INC-000042' }));
    for (const text of ['This model may not leave this machine.', 'version 17', 'Events (1)', 'systemd', '/dev/sdb1']) {
      expect(await panel.findByText(text)).toBeTruthy();
    }
  });

  it('says so when there is no such incident', async () => {
    open('/incidents/INC-000099');
    expect((await screen.findByRole('alert')).textContent).toContain('INC-000099 could not be loaded');
  });
});

describe('the rest of the page', () => {
  it('shows hosts and what they lost', async () => {
    open('/hosts');
    expect(await screen.findByText('3 events lost ring full')).toBeTruthy();
    expect(screen.getByText('1 of 1 online')).toBeTruthy();
  });

  it('says since when it is not current', async () => {
    open('/incidents');
    await screen.findByText('To a stick');
    act(() => (FakeEventSource.latest as FakeEventSource).connect());
    expect(screen.getByText('Live')).toBeTruthy();
    act(() => (FakeEventSource.latest as FakeEventSource).fail(false));
    expect(screen.getByText(/Reconnecting since \d\d:\d\d:\d\d/)).toBeTruthy();
  });

  it('asks for a sign-in when the session ends, and says that it ended', async () => {
    open('/incidents', { 'GET /api/v1/incidents/INC-000042': { status: 401, body: problem('unauthorized', 'Sign in first.') } });
    await userEvent.click(await screen.findByText('To a stick'));
    expect(await screen.findByText(/Your session has ended/)).toBeTruthy();
    expect(address()).toBe('/incidents/INC-000042');
  });

  it('signs out', async () => {
    open('/incidents', { 'DELETE /api/v1/session': { status: 204 } });
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByRole('heading', { name: 'Sign in to Modelward' })).toBeTruthy();
    expect(screen.queryByText(/Your session has ended/)).toBeNull();
  });
});
