// SPDX-License-Identifier: Apache-2.0
// What `modelward incidents` prints of the console's JSON (docs/rest-api.md). The names, paths and arguments
// in it are the watched person's to choose: none reaches the terminal unescaped, and a fact that the host did
// not know is left out.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace modelward::cli {

// One line of the list.
std::string incident_row(const nlohmann::ordered_json& incident);

// Everything that the detail call knows except the single events, one fact a line.
std::string incident_text(const nlohmann::ordered_json& detail);

}  // namespace modelward::cli
