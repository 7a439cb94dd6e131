// SPDX-License-Identifier: Apache-2.0
// Decides between the three things the page can be: not sure yet, signed out, signed in.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { explain } from '../api/errors';
import { LiveProvider } from '../incidents/live';
import { hasLeft, sessionQuery } from '../session/queries';
import { SignIn } from '../session/SignIn';
import { Button } from '../ui/Button';
import { Notice } from '../ui/Notice';
import type { AppRouter } from './router';

export function App({ router }: { router: AppRouter }) {
  const client = useQueryClient();
  const session = useQuery(sessionQuery);
  const [was_signed_in, setWasSignedIn] = useState(false);
  if (session.data && !was_signed_in) setWasSignedIn(true);

  if (session.data) {
    return (
      <LiveProvider>
        <RouterProvider router={router} context={{ session: session.data }} />
      </LiveProvider>
    );
  }
  if (session.data === null) return <SignIn has_ended={was_signed_in && !hasLeft(client)} />;
  if (session.isError) {
    return (
      <main>
        <Notice tone="bad" title="The console cannot be reached"
          action={<Button look="primary" onClick={() => void session.refetch()}>Try again</Button>}>
          {explain(session.error)}
        </Notice>
      </main>
    );
  }
  return null;
}
