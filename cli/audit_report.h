// SPDX-License-Identifier: Apache-2.0
// One line of the console's audit log. Names in it are others' to choose: none reaches the terminal
// unescaped.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace modelward::cli {

std::string audit_row(const nlohmann::ordered_json& entry);

}  // namespace modelward::cli
