// SPDX-License-Identifier: Apache-2.0
// The live connection: incidents as the console pushes them, and an honest word about the connection's state.
//
// EventSource reconnects by itself after a cut, but gives up after an HTTP error and does not notice a silent
// connection. This class covers both: it opens a new one with growing pauses, and treats missing pings as a cut.
import * as v from 'valibot';
import { IncidentSchema, type Incident } from './types';

export type StreamState = { kind: 'connecting' } | { kind: 'live' } | { kind: 'reconnecting'; since_ms: number };

export interface StreamHandlers {
  onState(state: StreamState): void;
  /** After every (re)connection: whatever was sent meanwhile has been missed, so fetch again. */
  onOpen(): void;
  onIncident(incident: Incident): void;
  /** The console refused the connection; the session may be over. */
  onRefused(): void;
}

const url = '/api/v1/stream';
const silence_limit_ms = 40_000; // the console pings every 15 s
const first_pause_ms = 1_000;
const longest_pause_ms = 30_000;

export class IncidentStream {
  private source: EventSource | null = null;
  private state: StreamState = { kind: 'connecting' };
  private pause_ms = first_pause_ms;
  private retry_timer: ReturnType<typeof setTimeout> | undefined;
  private silence_timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly handlers: StreamHandlers,
    private readonly open: (url: string) => EventSource = (address) => new EventSource(address),
  ) {}

  start(): void {
    this.source?.close();
    const source = this.open(url);
    this.source = source;
    this.heard();
    source.onopen = () => {
      this.pause_ms = first_pause_ms;
      this.heard();
      this.setState({ kind: 'live' });
      this.handlers.onOpen();
    };
    source.addEventListener('ping', () => this.heard());
    source.addEventListener('incident', (event: MessageEvent<string>) => {
      this.heard();
      const incident = parseIncident(event.data);
      // A shape this page does not know: fetching again shows the error where people see it.
      if (incident) this.handlers.onIncident(incident);
      else this.handlers.onOpen();
    });
    source.onerror = () => {
      this.lost();
      if (source.readyState === EventSource.CLOSED) {
        this.handlers.onRefused();
        this.retryLater();
      }
    };
  }

  stop(): void {
    clearTimeout(this.retry_timer);
    clearTimeout(this.silence_timer);
    this.source?.close();
    this.source = null;
  }

  private heard(): void {
    clearTimeout(this.silence_timer);
    this.silence_timer = setTimeout(() => {
      this.lost();
      this.start();
    }, silence_limit_ms);
  }

  private lost(): void {
    if (this.state.kind !== 'reconnecting') this.setState({ kind: 'reconnecting', since_ms: Date.now() });
  }

  private retryLater(): void {
    clearTimeout(this.retry_timer);
    clearTimeout(this.silence_timer);
    this.retry_timer = setTimeout(() => this.start(), this.pause_ms);
    this.pause_ms = Math.min(this.pause_ms * 2, longest_pause_ms);
  }

  private setState(state: StreamState): void {
    this.state = state;
    this.handlers.onState(state);
  }
}

function parseIncident(data: string): Incident | null {
  try {
    const parsed = v.safeParse(IncidentSchema, JSON.parse(data));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
