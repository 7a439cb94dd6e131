// SPDX-License-Identifier: Apache-2.0
#include "rules/condition_words.h"

namespace modelward::rules {
namespace {

bool is_space(char letter) {
    return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}

// Letters of one UTF-8 character stay together.
bool continues(char letter) {
    return (static_cast<unsigned char>(letter) & 0xc0) == 0x80;
}

}  // namespace

bool is_name_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' || letter == '*';
}

std::vector<ConditionWord> condition_words(std::string_view text) {
    std::vector<ConditionWord> words;
    std::size_t at = 0;
    while (at < text.size()) {
        if (is_space(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        if (is_name_letter(text[at])) {
            while (end < text.size() && is_name_letter(text[end]))
                ++end;
        } else {
            while (end < text.size() && continues(text[end]))
                ++end;
        }
        words.push_back({text.substr(at, end - at), at});
        at = end;
    }
    return words;
}

}  // namespace modelward::rules
