// SPDX-License-Identifier: Apache-2.0
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { makeQueryClient } from '../api/query_client';
import { fakeConsole, problem } from '../testing/console';
import { session_key } from './queries';
import { SignIn } from './SignIn';

async function tryToSignIn(answer: Parameters<typeof fakeConsole>[0][string]) {
  fakeConsole({ 'POST /api/v1/session': answer });
  const client = makeQueryClient();
  render(<QueryClientProvider client={client}><SignIn has_ended={false} /></QueryClientProvider>);
  await userEvent.type(screen.getByLabelText('User name'), 'alice');
  await userEvent.type(screen.getByLabelText('Password'), 'secret');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  return client;
}

describe('signing in', () => {
  it('puts who it is into the session', async () => {
    const client = await tryToSignIn({ body: { username: 'alice', role: 'analyst' } });
    expect(client.getQueryData(session_key)).toEqual({ username: 'alice', role: 'analyst' });
  });

  it.each([
    ['a wrong password', { status: 401, body: problem('unauthorized', 'no') }, 'The user name or the password is wrong.'],
    ['too many tries', { status: 429, body: problem('x', 'no'), headers: { 'Retry-After': '30' } }, 'Too many tries. Try again in 30 seconds.'],
    ['a console that is down', 'unreachable' as const, /does not answer/],
    ['a console in trouble', { status: 500, body: problem('internal', 'disk full') }, /problem of its own: disk full/],
  ])('explains %s', async (_, answer, text) => {
    await tryToSignIn(answer);
    expect((await screen.findByRole('alert')).textContent).toMatch(text);
  });

  it('keeps the name and clears the password after a refusal', async () => {
    await tryToSignIn({ status: 401, body: problem('unauthorized', 'no') });
    await screen.findByRole('alert');
    expect(screen.getByLabelText<HTMLInputElement>('User name').value).toBe('alice');
    expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('');
  });
});
