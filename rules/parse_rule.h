// SPDX-License-Identifier: Apache-2.0
// One rule document, from text to ParsedRule.
#pragma once

#include <optional>

#include "rules/rule.h"
#include "rules/rules.h"
#include "rules/vocabulary.h"

namespace modelward::rules {

// Adds every problem of the document to `problems`; a rule comes back only if there is none.
std::optional<ParsedRule> parse_rule(const Document& document, const Vocabulary& vocabulary,
                                     std::vector<Problem>& problems);

}  // namespace modelward::rules
