// SPDX-License-Identifier: Apache-2.0
// The condition of a rule: names of selections joined by "and", "or", "not", parentheses and "1 of" / "all
// of".
//
//     condition := conjunction { "or" conjunction }
//     conjunction := factor { "and" factor }
//     factor := "not" factor | "(" condition ")" | NAME | ("1" | "all") "of" (PATTERN | "them")
//
// PATTERN is a name with "*" for any letters; "them" is every selection whose name does not start with "_"
// (as Sigma).
#pragma once

#include <optional>
#include <span>

#include "rules/reporter.h"
#include "rules/rule.h"

namespace modelward::rules {

// Where a text begins in its document. `exact`: its letters stand there as they are, so that offsets are
// columns.
struct TextPosition {
    int line;
    int column;
    bool exact;
};

// Reports one problem and returns nullopt if the text is no condition over these selections, or leaves one
// unused.
std::optional<Expression> parse_condition(Reporter& report, std::string_view text,
                                          const TextPosition& position,
                                          std::span<const Selection> selections);

}  // namespace modelward::rules
