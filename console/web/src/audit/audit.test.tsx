// SPDX-License-Identifier: Apache-2.0
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory } from '@tanstack/react-router';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { makeQueryClient } from '../api/query_client';
import { App } from '../app/App';
import { makeRouter, type AppRouter } from '../app/router';
import { fakeConsole } from '../testing/console';
import { parseAuditFilters } from './actions';

const entries = [
  { number: 3, time_ms: 1_700_000_000_000, actor: '', address: '', action: 'session.refused', object: '', detail: 'for other users or from other addresses: 984 more in ten minutes' },
  { number: 2, time_ms: 1_700_000_000_000, actor: '', address: '192.0.2.9', action: 'session.refused', object: '', detail: 'no such user' },
  { number: 1, time_ms: 1_700_000_000_000, actor: 'alice', address: '192.0.2.1', action: 'rules.publish', object: 'bundle 7', detail: '9 rules, 4 lists' },
];
const page = { body: { entries, next_cursor: null, total: 3 } };

let router: AppRouter;
function open(address: string, role = 'admin') {
  const asked = fakeConsole({
    'GET /api/v1/session': { body: { username: 'root', role } },
    'GET /api/v1/audit': page,
  });
  router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  render(<QueryClientProvider client={makeQueryClient()}><App router={router} /></QueryClientProvider>);
  return asked;
}

describe('the audit log', () => {
  it('says who did what, and who could not sign in', async () => {
    open('/audit');
    expect(await screen.findByText('alice')).toBeTruthy();
    expect(screen.getByText('bundle 7')).toBeTruthy();
    expect(screen.getByText('9 rules, 4 lists')).toBeTruthy();
    expect(screen.getByText('from 192.0.2.9')).toBeTruthy();
    expect(screen.getByText('3 in all')).toBeTruthy();
    expect(screen.getAllByText('somebody unknown')).toHaveLength(2);
    expect(screen.getByText('from several addresses')).toBeTruthy();
  });

  it('is asked for with the filters of the address, and puts them there', async () => {
    const asked = open('/audit?q=192.0.2.1');
    await screen.findByText('alice');
    expect(asked).toContain('GET /api/v1/audit?q=192.0.2.1&limit=100');
    await userEvent.selectOptions(screen.getByLabelText('Action'), 'rules.publish');
    expect(router.state.location.href).toBe('/audit?q=192.0.2.1&action=rules.publish');
    await screen.findByText('alice');
    expect(asked).toContain('GET /api/v1/audit?q=192.0.2.1&action=rules.publish&limit=100');
  });

  it('is not even asked for by who may not read it', async () => {
    const asked = open('/audit', 'analyst');
    expect(await screen.findByText('The audit log is for administrators')).toBeTruthy();
    expect(asked.filter((call) => call.includes('/audit'))).toEqual([]);
    expect(screen.queryByRole('link', { name: 'Audit log' })).toBeNull();
  });

  it('takes only filters that it knows from an address', () => {
    expect(parseAuditFilters({ q: ' a ', action: 'rules.publish', more: 1 })).toEqual({ q: 'a', action: 'rules.publish' });
    expect(parseAuditFilters({ q: 7, action: 'everything' })).toEqual({});
  });
});
