// SPDX-License-Identifier: Apache-2.0
// What people do to the console, in words. An action that this page does not know is shown by its name.
export const action_names: Record<string, string> = {
  'session.start': 'Signed in',
  'session.refused': 'Was not signed in',
  'session.end': 'Signed out',
  'rules.publish': 'Published rules',
  'artifact.add': 'Registered an artifact',
  'enrollment-token.create': 'Made an enrolment token',
  'maintenance-token.create': 'Made a maintenance token',
  'host.enroll': 'Enrolled',
  'host.revoke': 'Revoked a host',
  'user.add': 'Added a user',
  'user.password': 'Changed a password',
};

export function actionName(action: string): string {
  return action_names[action] ?? action;
}

/** What the reader of the audit log is looking at; the URL holds it. */
export interface AuditFilters {
  q?: string;
  action?: string;
}

/** Reads filters from a URL's search; what it does not know, it drops. */
export function parseAuditFilters(search: Record<string, unknown>): AuditFilters {
  const filters: AuditFilters = {};
  const q = typeof search['q'] === 'string' ? search['q'].trim() : '';
  const action = search['action'];
  if (q) filters.q = q;
  if (typeof action === 'string' && action in action_names) filters.action = action;
  return filters;
}

const page_size = 100;

/** The query of GET /api/v1/audit. */
export function toAuditQuery(filters: AuditFilters, cursor: string | null): URLSearchParams {
  const query = new URLSearchParams();
  if (filters.q) query.set('q', filters.q);
  if (filters.action) query.set('action', filters.action);
  query.set('limit', String(page_size));
  if (cursor !== null) query.set('cursor', cursor);
  return query;
}
