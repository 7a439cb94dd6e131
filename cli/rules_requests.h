// SPDX-License-Identifier: Apache-2.0
// Which packs, and what of them, the paths of `modelward rules check` mean.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"

namespace modelward::cli {

// What to check in one pack: all of its rules, or those of the named files.
struct RulesRequest {
    bool whole = false;
    std::set<std::string> files;
};

// By the pack's directory. A single file is checked with the classes and lists of its pack: the folder that
// it is in, or for a list the folder above lists/. kInvalid, kNotFound.
Result<std::map<std::filesystem::path, RulesRequest>> rules_requests(const std::vector<std::string>& paths);

}  // namespace modelward::cli
