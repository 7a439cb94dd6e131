// SPDX-License-Identifier: Apache-2.0
import { visible } from './untrusted';

/**
 * A value that others chose: nothing in it is hidden, and its letters cannot reorder the words around it. Read from the
 * left whatever its first letter is, as paths and commands are.
 */
export function Untrusted({ text }: { text: string }) {
  return <bdi dir="ltr">{visible(text)}</bdi>;
}
