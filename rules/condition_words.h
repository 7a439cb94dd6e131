// SPDX-License-Identifier: Apache-2.0
// Cuts the text of a condition into words and parentheses.
#pragma once

#include <string_view>
#include <vector>

namespace modelward::rules {

struct ConditionWord {
    std::string_view text;  // points into the condition
    std::size_t offset;     // in bytes from its start
};

// Every letter of the text is in some word or is white space; an unexpected letter is a word of its own.
std::vector<ConditionWord> condition_words(std::string_view text);

// A-Z a-z 0-9 _ - and, in patterns, *.
bool is_name_letter(char letter);

}  // namespace modelward::rules
