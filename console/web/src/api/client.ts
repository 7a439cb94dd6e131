// SPDX-License-Identifier: Apache-2.0
// Every call to the console goes through call(): same origin, session cookie, answer checked against a schema.
import * as v from 'valibot';
import { ApiError, kindOfStatus } from './errors';
import {
  AuditPageSchema, ErrorBodySchema, HostListSchema, IncidentDetailSchema, IncidentPageSchema, SessionSchema,
  type AuditPage, type Host, type IncidentDetail, type IncidentPage, type Session,
} from './types';

const timeout_ms = 30_000;

interface Request {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

async function send(path: string, { method = 'GET', body, signal }: Request): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-Requested-With'] = 'modelward';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const timeout = AbortSignal.timeout(timeout_ms);
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('unreachable', 'The console does not answer. Check the network, or that the console is running.');
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = v.safeParse(ErrorBodySchema, body);
  const message = parsed.success ? parsed.output.error.message : `The console answered with status ${response.status}.`;
  const retry_after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new ApiError(kindOfStatus(response.status), message, Number.isNaN(retry_after) ? null : retry_after);
}

async function call<Schema extends v.GenericSchema>(
  schema: Schema, path: string, request: Request = {},
): Promise<v.InferOutput<Schema>> {
  const response = await send(path, request);
  if (!response.ok) throw await errorOf(response);
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const where = v.getDotPath(parsed.issues[0]) ?? 'the whole answer';
  throw new ApiError(
    'unexpected',
    `The console sent something that this page does not understand (${path.split('?')[0] ?? path}, at ${where}). ` +
      'Reload the page; it may be older than the console.',
  );
}

export function fetchSession(signal?: AbortSignal): Promise<Session> {
  return call(SessionSchema, '/api/v1/session', signal ? { signal } : {});
}

export function signIn(username: string, password: string): Promise<Session> {
  return call(SessionSchema, '/api/v1/session', { method: 'POST', body: { username, password } });
}

export async function signOut(): Promise<void> {
  const response = await send('/api/v1/session', { method: 'DELETE' });
  if (!response.ok && response.status !== 401) throw await errorOf(response);
}

export function fetchIncidents(query: URLSearchParams, signal: AbortSignal): Promise<IncidentPage> {
  return call(IncidentPageSchema, `/api/v1/incidents?${query.toString()}`, { signal });
}

export function fetchIncident(id: string, signal: AbortSignal): Promise<IncidentDetail> {
  return call(IncidentDetailSchema, `/api/v1/incidents/${encodeURIComponent(id)}`, { signal });
}

export async function fetchHosts(signal: AbortSignal): Promise<Host[]> {
  return (await call(HostListSchema, '/api/v1/hosts', { signal })).hosts;
}

export function fetchAudit(query: URLSearchParams, signal: AbortSignal): Promise<AuditPage> {
  return call(AuditPageSchema, `/api/v1/audit?${query.toString()}`, { signal });
}
