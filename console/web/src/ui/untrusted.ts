// SPDX-License-Identifier: Apache-2.0
// Words that the watched person may have chosen: names of files and processes, arguments, devices. A character that
// shows nothing itself can hide an ending or turn the reading direction, so it is shown as an escape: \n, \x1b, \u202e.
// The same characters and the same escapes as in the console's and the agent's text (base/printable.h).

// Controls, separators of lines, lone surrogates, and what Unicode lets a font ignore; not what only picks the form of
// an emoji.
const hidden = /(?![\ufe00-\ufe0f])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u{13430}-\u{1343f}]/gu;

export function visible(text: string): string {
  return text.replace(hidden, escape);
}

function escape(character: string): string {
  const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const digits = (length: number) => code.toString(16).padStart(length, '0');
  return code <= 0x7f ? `\\x${digits(2)}` : code <= 0xffff ? `\\u${digits(4)}` : `\\U${digits(8)}`;
}
