// SPDX-License-Identifier: Apache-2.0
// Text that protobuf and JSON accept. File names and arguments on Linux are any bytes but NUL; a proto3
// string must be UTF-8, and a receiver refuses the whole message otherwise. Whoever fills a message passes
// foreign text here.
#pragma once

#include <string>
#include <string_view>

namespace modelward::wire {

// Every byte that is not part of a well-formed sequence (Unicode 15, table 3-7) becomes "\xNN", readable and
// harmless. Well-formed text comes back unchanged. At most `limit` bytes are kept, cut between characters.
std::string to_valid_utf8(std::string_view text, std::size_t limit = std::string_view::npos);

}  // namespace modelward::wire
