// SPDX-License-Identifier: Apache-2.0
// What the rules say, read plainly: each rule's condition is walked as it was written, for each class and
// kind of the thing. Shares nothing with the compiler, so that the property test can hold the two against
// each other.
#pragma once

#include <cstdint>
#include <vector>

#include "rules/rule.h"

namespace modelward::rules {

bool plainly_matches(const ParsedRule& rule, const Facts& facts);

struct PlainDecision {
    const ParsedRule* rule = nullptr;  // nullptr: no rule, let through
    Action action = Action::kAllow;
};

PlainDecision plain_evaluate(const std::vector<ParsedRule>& rules, const Facts& facts,
                             std::uint64_t metered_bytes);

}  // namespace modelward::rules
