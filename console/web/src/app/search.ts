// SPDX-License-Identifier: Apache-2.0
// Search parameters as people would write them (?q=42 is the text 42), instead of the router's JSON.

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const text = new URLSearchParams(entries).toString();
  return text ? `?${text}` : '';
}
