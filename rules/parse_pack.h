// SPDX-License-Identifier: Apache-2.0
// A whole pack, parsed but not compiled.
#pragma once

#include <vector>

#include "rules/rule.h"
#include "rules/rules.h"

namespace modelward::rules {

struct ParsedPack {
    std::vector<ClassInfo> classes;
    std::vector<ParsedRule> rules;  // those without a problem
    std::vector<std::string> exempt_programs{};
    std::optional<std::vector<DevicePattern>> approved_storage;
};

// Adds the problems of every document to `problems`.
ParsedPack parse_pack(const Pack& pack, std::vector<Problem>& problems);

}  // namespace modelward::rules
