// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { signIn } from '../api/client';
import { Button } from '../ui/Button';
import { Mark } from '../ui/Mark';
import { enterSession } from './queries';
import styles from './signin.module.css';
import { signInProblem } from './problem';
import { useSlow } from './slow';

export function SignIn({ has_ended }: { has_ended: boolean }) {
  const client = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useMutation({
    mutationFn: () => signIn(username, password),
    onSuccess: (session) => enterSession(client, session),
    onError: () => setPassword(''),
  });
  const is_slow = useSlow(attempt.isPending);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    attempt.mutate();
  };

  return (
    <main className={styles.page}>
      <title>Sign in · Modelward</title>
      <form className={styles.card} onSubmit={submit} aria-labelledby="sign-in">
        <Mark size={36} />
        <h1 id="sign-in">Sign in to Modelward</h1>
        {has_ended && !attempt.isError ? <p className={styles.hint}>Your session has ended. What you looked at is kept.</p> : null}
        {attempt.isError ? <p className={styles.problem} role="alert">{signInProblem(attempt.error)}</p> : null}
        <label className={styles.field}>
          <span>User name</span>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the page has nothing else to do */}
          <input name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus
            value={username} onChange={(event) => setUsername(event.target.value)} />
        </label>
        <label className={styles.field}>
          <span>Password</span>
          <input name="password" type="password" autoComplete="current-password" required
            value={password} onChange={(event) => setPassword(event.target.value)} />
        </label>
        <Button type="submit" look="primary" className={styles.submit ?? ''} disabled={attempt.isPending}>
          {attempt.isPending ? 'Signing in…' : 'Sign in'}
        </Button>
        <p className={styles.hint} role="status">
          {is_slow ? 'Still checking. After wrong passwords the console answers slowly on purpose.' : ''}
        </p>
      </form>
    </main>
  );
}
