// SPDX-License-Identifier: Apache-2.0
// Words that others chose (names of files, arguments of processes, answers of a peer) on their way to a
// terminal or a log. Whoever chose them could otherwise move the cursor, rewrite the lines above, forge a
// line of their own, or turn the reading direction so that an ending of a file name reads as another.
#pragma once

#include <string>
#include <string_view>

namespace modelward {

// One line that a terminal shows as it is: control characters (C0, DEL, C1), line and paragraph separators,
// format characters (bidirectional controls, zero-width and other invisible ones) and bytes that are not
// UTF-8 become escapes such as \n, \x1b and \u202e. Everything else, a backslash too, stays: the result is
// for people, not for parsing.
std::string as_printable(std::string_view text);

}  // namespace modelward
