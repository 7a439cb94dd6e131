// SPDX-License-Identifier: Apache-2.0
// A notice of the agent's (agent/notices) as a person reads it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace modelward::cli {

// A few lines. Names in it are others' to choose: none reaches the terminal unescaped.
std::string notice_text(const nlohmann::json& notice);

// For a desktop: the body of a notification, whose markup others' words cannot use.
std::string notice_body(const nlohmann::json& notice);

}  // namespace modelward::cli
