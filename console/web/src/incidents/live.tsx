// SPDX-License-Identifier: Apache-2.0
// Keeps the incidents on screen current: one stream for the whole page, its state, and which rows just appeared.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import type { Incident } from '../api/types';
import { IncidentStream, type StreamState } from '../api/stream';
import { session_key } from '../session/queries';
import { applyPushed, isFetchingLists, refetchIncidents } from './queries';

interface Live {
  state: StreamState;
  /** Ids of rows that appeared within the last seconds. */
  fresh: ReadonlySet<string>;
}

const LiveContext = createContext<Live>({ state: { kind: 'connecting' }, fresh: new Set() });

const gather_ms = 150; // a burst becomes one update of the table, and waits while a fetch that would undo it is under way
const fresh_ms = 6_000;

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<StreamState>({ kind: 'connecting' });
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());

  useEffect(() => {
    let waiting = new Map<string, Incident>();
    let flush_timer: ReturnType<typeof setTimeout> | undefined;
    const fresh_timers = new Set<ReturnType<typeof setTimeout>>();

    const markFresh = (ids: readonly string[]) => {
      if (ids.length === 0) return;
      setFresh((known) => new Set([...known, ...ids]));
      const timer = setTimeout(() => {
        fresh_timers.delete(timer);
        setFresh((known) => new Set([...known].filter((id) => !ids.includes(id))));
      }, fresh_ms);
      fresh_timers.add(timer);
    };
    const flush = () => {
      flush_timer = undefined;
      if (isFetchingLists(client)) {
        flush_timer = setTimeout(flush, gather_ms);
        return;
      }
      const pushed = [...waiting.values()];
      waiting = new Map();
      markFresh(applyPushed(client, pushed));
    };
    const stream = new IncidentStream({
      onState: setState,
      onOpen: () => refetchIncidents(client),
      onIncident: (incident) => {
        waiting.set(incident.id, incident);
        flush_timer ??= setTimeout(flush, gather_ms);
      },
      onRefused: () => void client.invalidateQueries({ queryKey: session_key, exact: true }),
    });
    stream.start();
    return () => {
      stream.stop();
      clearTimeout(flush_timer);
      fresh_timers.forEach(clearTimeout);
    };
  }, [client]);

  return <LiveContext value={{ state, fresh }}>{children}</LiveContext>;
}

export function useLive(): Live {
  return useContext(LiveContext);
}
