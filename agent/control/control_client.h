// SPDX-License-Identifier: Apache-2.0
// Asks a running agent something over its control socket.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace modelward::agent {

// kUnavailable: no agent listens there; kDenied: not root; kInvalid: the answer is not JSON, or says
// {"error": ...}.
Result<nlohmann::json> ask_agent(const std::filesystem::path& socket, const nlohmann::json& request);

}  // namespace modelward::agent
