// SPDX-License-Identifier: Apache-2.0
// The one error of the API layer. `kind` is what the page reacts to, `message` is a sentence for people.

export type ApiErrorKind =
  | 'unreachable' // no answer: network, TLS, or a console that is down
  | 'signed-out' // 401
  | 'throttled' // 429
  | 'not-found' // 404
  | 'refused' // any other 4xx
  | 'server' // 5xx
  | 'unexpected'; // an answer of another shape than docs/rest-api.md

export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  /** Seconds after which another try makes sense, where the console said so. */
  readonly retry_after_s: number | null;

  constructor(kind: ApiErrorKind, message: string, retry_after_s: number | null = null) {
    super(message);
    this.name = 'ApiError';
    this.kind = kind;
    this.retry_after_s = retry_after_s;
  }
}

export function kindOfStatus(status: number): ApiErrorKind {
  if (status === 401) return 'signed-out';
  if (status === 404) return 'not-found';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server' : 'refused';
}

/** What to tell people about any error, whatever threw it. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message : 'Something failed without saying why.';
}
