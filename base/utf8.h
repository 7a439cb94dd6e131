// SPDX-License-Identifier: Apache-2.0
// UTF-8 as Unicode 15 defines it (table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelward {

// Length of the well-formed sequence at the front of `text`; 0 when there is none.
std::size_t utf8_sequence_length(std::string_view text);

// File names and a process's own words may hold any bytes; wire strings must be UTF-8, and a receiver refuses
// the whole message otherwise. Every byte that is not part of a well-formed sequence becomes '?'.
std::string as_utf8(std::string text);

}  // namespace modelward
