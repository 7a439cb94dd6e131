// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/text_shape.h"

#include <cstdint>
#include <optional>

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view without_space(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool begins_json(std::string_view text) {
    return text.starts_with('{') || text.starts_with('[');
}

// Where the JSON value that `text` begins with ends; nullopt: beyond the text.
std::optional<std::size_t> end_of_value(std::string_view text) {
    std::uint64_t depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (in_string) {
            if (byte == '\\') ++at;
            if (byte == '"') in_string = false;
        } else if (byte == '"') {
            in_string = true;
        } else if (byte == '{' || byte == '[') {
            ++depth;
        } else if ((byte == '}' || byte == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return std::nullopt;
}

}  // namespace

TextShape shape_of_text(std::string_view front) {
    const std::string_view text = without_space(front);
    if (!begins_json(text)) return TextShape::kLines;
    if (const auto end = end_of_value(text)) {
        const std::string_view next = without_space(text.substr(*end));
        const std::string_view between = text.substr(*end, text.size() - *end - next.size());
        const bool on_a_line_of_its_own = between.find('\n') != std::string_view::npos;
        if (begins_json(next) && on_a_line_of_its_own) return TextShape::kRows;
        if (!next.empty()) return TextShape::kLines;  // "[2026-01-01] [step 1]", "[section]"
    }
    const bool of_objects = text.front() == '[' && without_space(text.substr(1)).starts_with('{');
    return of_objects ? TextShape::kRowsInArray : TextShape::kDocument;
}

}  // namespace modelward::fingerprint
