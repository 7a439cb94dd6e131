// SPDX-License-Identifier: Apache-2.0
// The agent's log. What stands in it was often chosen by the person who is watched (paths above all), and
// whoever reads it sits at a terminal: every entry is one line of printable characters, whatever it was made
// of.
#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string>

namespace modelward::agent {

// Time, level, and the words through as_printable() (base/printable.h).
std::unique_ptr<spdlog::formatter> log_formatter();

// From here on spdlog writes to standard error in this format. `level` is one of the configuration's.
void start_log(const std::string& level);

}  // namespace modelward::agent
