// SPDX-License-Identifier: Apache-2.0
// One incident beside the table. It takes the focus when it opens, so that Esc, j and k work from where people are.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ApiError, explain } from '../api/errors';
import { Button } from '../ui/Button';
import { CopyButton } from '../ui/CopyButton';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { DetailBody } from './DetailBody';
import styles from './detail.module.css';
import { incidentDetail, loadedIncident } from './queries';

interface Props {
  id: string;
  onClose: () => void;
  onStep: (by: number) => void;
}

export function DetailPanel({ id, onClose, onStep }: Props) {
  const client = useQueryClient();
  const query = useQuery(incidentDetail(id));
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollTo({ top: 0 });
  }, [id]);

  const is_missing = query.error instanceof ApiError && query.error.kind === 'not-found';
  const incident = query.data ?? loadedIncident(client, id);
  return (
    <aside className={styles.panel} ref={panel} tabIndex={-1} aria-label={`Incident ${id}`} data-testid="detail">
      <title>{`${id} · Modelward`}</title>
      <header className={styles.bar}>
        <code className={styles.id}>{id}</code>
        <CopyButton text={window.location.href} what="link to this incident" />
        <span className={styles.gap} />
        <Button look="quiet" small aria-label="Previous incident" title="Previous (k)" onClick={() => onStep(-1)}>
          <Icon name="up" />
        </Button>
        <Button look="quiet" small aria-label="Next incident" title="Next (j)" onClick={() => onStep(1)}>
          <Icon name="down" />
        </Button>
        <Button look="quiet" small aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <Icon name="close" />
        </Button>
      </header>
      {query.isError ? (
        <Notice tone="bad" title={`${id} could not be loaded`}
          action={is_missing ? null : <Button onClick={() => void query.refetch()}>Try again</Button>}>
          {explain(query.error)}
        </Notice>
      ) : null}
      {incident ? <DetailBody incident={incident} detail={query.data} /> : null}
      {query.isPending && !incident ? <p className={styles.loading} role="status">Loading…</p> : null}
    </aside>
  );
}
