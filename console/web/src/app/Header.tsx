// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { signOut } from '../api/client';
import { explain } from '../api/errors';
import type { Session } from '../api/types';
import { leaveSession } from '../session/queries';
import { Button } from '../ui/Button';
import { Mark } from '../ui/Mark';
import { Connection } from './Connection';
import styles from './header.module.css';

export function Header({ session }: { session: Session }) {
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => leaveSession(client),
  });

  return (
    <header className={styles.header}>
      <span className={styles.brand}><Mark size={20} /> Modelward</span>
      <nav className={styles.nav} aria-label="Main">
        <Link to="/incidents">Incidents</Link>
        <Link to="/hosts">Hosts</Link>
        {session.role === 'admin' ? <Link to="/audit">Audit log</Link> : null}
      </nav>
      <Connection />
      {leave.isError ? <span role="alert" className={styles.problem}>{explain(leave.error)}</span> : null}
      <span className={styles.user} title={`Role: ${session.role}`}>{session.username}</span>
      <Button look="quiet" small disabled={leave.isPending} onClick={() => leave.mutate()}>Sign out</Button>
    </header>
  );
}
