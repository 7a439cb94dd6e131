// SPDX-License-Identifier: Apache-2.0
// Rules that a name of a destination decides. The fallback sensor learns no names, so that such a rule never
// holds there, or always if it asks for a name that is not in a list: that is said for each policy.
#pragma once

#include <string>
#include <vector>

#include "rules/policy.h"

namespace modelward::agent {

// The titles of those rules, each once.
std::vector<std::string> rules_of_names(const rules::CompiledPolicy& policy);

// A sentence that names some of them; `titles` is not empty.
std::string name_rules_problem(const std::vector<std::string>& titles);

}  // namespace modelward::agent
