// SPDX-License-Identifier: Apache-2.0
// The `modelward` block: what Sigma has no word for (action, budget, message, exceptions, tests).
#pragma once

#include "rules/reporter.h"
#include "rules/rule.h"
#include "rules/vocabulary.h"

namespace modelward::rules {

// Fills the block's part of `rule`, whose category is known. Reports and returns false if anything is wrong.
bool parse_extension(Reporter& report, const YamlNode& node, const Vocabulary& vocabulary, ParsedRule& rule);

}  // namespace modelward::rules
