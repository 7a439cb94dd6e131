// SPDX-License-Identifier: Apache-2.0
// Parsed rules to the bit vectors of policy.h.
#pragma once

#include <vector>

#include "rules/policy.h"
#include "rules/rule.h"
#include "rules/rules.h"

namespace modelward::rules {

struct Compiled {
    CompiledPolicy policy;
    std::vector<RuleSet> rules_of;  // for each given rule, its kernel rules; empty if it had a problem
};

// Any order; the result is in the order of precedence. Adds to `problems` what cannot be enforced as written;
// such rules are left out, so that the others can be checked all the same.
Compiled compile(const std::vector<ClassInfo>& classes, const std::vector<ParsedRule>& rules,
                 std::vector<Problem>& problems, std::vector<std::string> exempt_programs = {});

}  // namespace modelward::rules
