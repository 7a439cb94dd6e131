// SPDX-License-Identifier: Apache-2.0
// A console for tests: answers fetch() by path, and hands out the stream so that a test can push incidents.
import { vi } from 'vitest';
import type { Incident } from '../api/types';

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'unreachable';
type Routes = Record<string, Answer | ((url: URL) => Answer)>;

export class FakeEventSource {
  static latest: FakeEventSource | undefined;
  static readonly CLOSED = 2;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  is_closed = false;
  private readonly listeners = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: string) {
    FakeEventSource.latest = this;
  }
  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(type, listener);
  }
  close(): void {
    this.is_closed = true;
  }
  connect(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  fail(is_final: boolean): void {
    this.readyState = is_final ? 2 : 0;
    this.onerror?.();
  }
  send(type: string, data: string): void {
    this.listeners.get(type)?.({ data });
  }
  push(incident: Incident): void {
    this.send('incident', JSON.stringify(incident));
  }
}

/** Installs the routes ("GET /api/v1/hosts") and returns what was asked, in order. */
export function fakeConsole(routes: Routes): string[] {
  const asked: string[] = [];
  vi.stubGlobal('EventSource', FakeEventSource);
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const url = new URL(path, 'https://console.test');
    const method = init.method ?? 'GET';
    asked.push(`${method} ${url.pathname}${url.search}`);
    const route = routes[`${method} ${url.pathname}`];
    const answer = typeof route === 'function' ? route(url) : (route ?? { status: 404, body: problem('not found', 'No such thing.') });
    if (answer === 'unreachable') return Promise.reject(new TypeError('Failed to fetch'));
    return Promise.resolve(new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
      status: answer.status ?? 200,
      headers: answer.headers ?? {},
    }));
  });
  return asked;
}

export function problem(code: string, message: string) {
  return { error: { code, message } };
}
