// SPDX-License-Identifier: Apache-2.0
import { ApiError, explain } from '../api/errors';

/** Why signing in failed, and what to do about it. */
export function signInProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return explain(error);
  switch (error.kind) {
    case 'signed-out':
      return 'The user name or the password is wrong.';
    case 'throttled': {
      const wait = error.retry_after_s;
      const when = wait === null ? 'in a few minutes' : wait === 1 ? 'in a second' : `in ${wait} seconds`;
      return `Too many tries. Try again ${when}.`;
    }
    case 'server':
      return `The console has a problem of its own: ${error.message}`;
    default:
      return error.message;
  }
}
