// SPDX-License-Identifier: Apache-2.0
// The console's log: lines on standard error, where the journal takes them.
#pragma once

#include <string>

namespace modelward::console {

// Each entry is one line of printable characters: hosts and paths in it were often chosen by the watched.
void log_info(const std::string& text);
void log_error(const std::string& text);

}  // namespace modelward::console
