// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/text_shape.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "fingerprint/records/json_syntax.h"

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

// `next` is what of `rest` is behind its space.
bool is_line_between(std::string_view rest, std::string_view next) {
    return rest.substr(0, rest.size() - next.size()).find('\n') != std::string_view::npos;
}

bool ends_line(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\r");
    return last != std::string_view::npos && text[last] == '\n';
}

enum class End { kWhole, kBroken, kBeyond };

struct Value {
    End end;
    std::size_t size;  // up to where it ends or breaks
};

// `text` begins with a bracket.
Value value_at(std::string_view text) {
    JsonSyntax syntax;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!syntax.put(static_cast<std::uint8_t>(text[at]))) return {End::kBroken, at};
        if (syntax.depth() == 0) return {End::kWhole, at + 1};
    }
    return {End::kBeyond, text.size()};
}

// At the bracket that `text` begins with: an array of objects, of which the first one is whole or goes on.
bool begins_array_of_objects(std::string_view text) {
    if (!text.starts_with('[')) return false;
    const std::string_view first = without_space(text.substr(1));
    return first.starts_with('{') && value_at(first).end != End::kBroken;
}

// One of several lines is a configuration, unless another one follows.
bool is_row(std::string_view json, std::string_view next) {
    const bool has_words = json.find_first_not_of(" \t\r\n{}[],") != std::string_view::npos;
    return has_words && (json.find('\n') == std::string_view::npos || begins_json(next));
}

// Goes from one value to the next one in a text that is not JSON as a whole: those at the beginning of a
// line, and objects with a comma between. From where one breaks the search goes on, so that no byte is looked
// at more than twice.
class RowSearch {
  public:
    explicit RowSearch(std::string_view text) : text_(text) {}

    TextShape shape() {
        for (; at_ < text_.size(); ++at_) {
            const char byte = text_[at_];
            if ((byte == '{' && is_behind_object()) || (begins_json(text_.substr(at_)) && is_new_line_)) {
                if (const auto found = shape_by_value()) return *found;
            } else {
                pass(byte);
            }
        }
        return TextShape::kLines;
    }

  private:
    bool is_behind_object() const { return before_last_ == '}' && last_ == ','; }

    void pass(char byte) {
        if (byte == '\n') is_new_line_ = true;
        if (kSpace.find(byte) != std::string_view::npos) return;
        before_last_ = std::exchange(last_, byte);
        is_new_line_ = false;
    }

    // Moves to the last byte that is known not to begin another value.
    std::optional<TextShape> shape_by_value() {
        const std::string_view text = text_.substr(at_);
        const auto [end, size] = value_at(text);
        if (end == End::kBeyond) {
            if (begins_array_of_objects(text)) return TextShape::kRowsInArray;
            return in_array_ ? TextShape::kRows : TextShape::kLines;
        }
        at_ += size - 1;
        const bool is_line =
            std::exchange(is_new_line_, end == End::kBroken && ends_line(text.substr(0, size)));
        before_last_ = 0;
        last_ = text[size - 1];
        const bool was_in_array = std::exchange(in_array_, false);
        if (end == End::kBroken) return std::nullopt;
        const std::string_view rest = text.substr(size);
        const std::string_view next = without_space(rest);
        if (next.empty() && begins_array_of_objects(text)) return TextShape::kRowsInArray;
        if (is_line && is_row(text.substr(0, size), next) && (next.empty() || is_line_between(rest, next)))
            return TextShape::kRows;
        if (next.starts_with(']') && without_space(next.substr(1)).empty() && was_in_array)
            return TextShape::kRows;
        in_array_ =
            text.starts_with('{') && next.starts_with(',') && without_space(next.substr(1)).starts_with('{');
        return std::nullopt;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool is_new_line_ = true;
    bool in_array_ = false;  // behind a whole object, of those with commas between
    char before_last_ = 0;   // of what is no blank
    char last_ = 0;
};

}  // namespace

TextShape shape_of_text(std::string_view front) {
    const std::string_view text = without_space(front);
    if (!begins_json(text)) return RowSearch(text).shape();
    const auto [end, size] = value_at(text);
    const bool of_objects = begins_array_of_objects(text);
    if (end == End::kBroken) return of_objects ? TextShape::kRowsInArray : RowSearch(text).shape();
    const std::string_view next = without_space(text.substr(size));
    if (next.empty()) return of_objects ? TextShape::kRowsInArray : TextShape::kDocument;
    const bool are_objects = text.starts_with('{') && next.starts_with('{');
    if (begins_json(next) && (are_objects || is_line_between(text.substr(size), next)))
        return TextShape::kRows;
    return RowSearch(text).shape();  // "[2026] start", "{}, ..."
}

}  // namespace modelward::fingerprint
