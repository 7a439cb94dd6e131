// SPDX-License-Identifier: Apache-2.0
// What `modelward rules check` prints: the problems, and a table of the rules that would be enforced.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "rules/rules.h"

namespace modelward::cli {

// One pack that was checked. Problems name documents relative to `directory`.
struct CheckedPack {
    std::filesystem::path directory;
    rules::CheckedPolicy checked;
};

std::string rules_text(const std::vector<CheckedPack>& packs);
nlohmann::json rules_json(const std::vector<CheckedPack>& packs);

}  // namespace modelward::cli
