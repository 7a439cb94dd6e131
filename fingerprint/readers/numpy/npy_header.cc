// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/numpy/npy_header.h"

#include <charconv>
#include <set>

namespace modelward::fingerprint {
namespace {

// Takes what it expects from the front of the text. A failure sticks.
class LiteralParser {
  public:
    explicit LiteralParser(std::string_view text) : rest_(text) {}

    bool ok() const { return ok_; }

    bool accept(char wanted) {
        skip_spaces();
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char wanted) {
        if (!accept(wanted)) ok_ = false;
    }

    std::string_view string() {
        const char quote = accept('\'') ? '\'' : '"';
        if (quote == '"') expect('"');
        const std::size_t end = rest_.find(quote);
        if (!ok_ || end == std::string_view::npos) return refuse();
        const std::string_view text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text;
    }

    bool boolean() {
        skip_spaces();
        for (const std::string_view word : {std::string_view("True"), std::string_view("False")}) {
            if (!rest_.starts_with(word)) continue;
            rest_.remove_prefix(word.size());
            return word == "True";
        }
        refuse();
        return false;
    }

    std::vector<std::uint64_t> counts() {
        std::vector<std::uint64_t> counts;
        expect('(');
        while (ok_ && !accept(')')) {
            std::uint64_t count = 0;
            skip_spaces();
            const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), count);
            if (error != std::errc()) {
                refuse();
                break;
            }
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            accept('L');  // Python 2
            counts.push_back(count);
            if (accept(')')) break;
            expect(',');
        }
        return counts;
    }

    // A list with whatever it holds; brackets in it must match.
    void skip_list() {
        std::size_t depth = 0;
        do {
            if (accept('[') || accept('(')) {
                ++depth;
            } else if (accept(']') || accept(')')) {
                --depth;
            } else if (!rest_.empty() && (rest_.front() == '\'' || rest_.front() == '"')) {
                string();
            } else if (rest_.empty()) {
                refuse();
            } else {
                rest_.remove_prefix(1);
            }
        } while (ok_ && depth > 0);
    }

    bool at_list() {
        skip_spaces();
        return !rest_.empty() && rest_.front() == '[';
    }

  private:
    void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n\t"), rest_.size())); }
    std::string_view refuse() {
        ok_ = false;
        return {};
    }

    std::string_view rest_;
    bool ok_ = true;
};

// A version and how many bytes give the length of the dictionary.
Result<std::uint64_t> read_length(HeaderCursor& cursor) {
    cursor.skip(kNpyMagic.size());
    const auto major = cursor.number<std::uint8_t>();
    cursor.skip(1);
    if (cursor.ok() && (major < 1 || major > 3)) {
        return fail(ErrorCode::kUnsupported, "npy: version " + std::to_string(major) + "; 1 to 3 are read");
    }
    return major == 1 ? std::uint64_t{cursor.number<std::uint16_t>()}
                      : std::uint64_t{cursor.number<std::uint32_t>()};
}

}  // namespace

Result<NumpyArray> parse_npy_dictionary(std::string_view text) {
    NumpyArray array{{}, {}, false, {}, 0};
    std::set<std::string_view> seen;
    LiteralParser parser(text);
    parser.expect('{');
    while (parser.ok() && !parser.accept('}')) {
        const std::string_view key = parser.string();
        parser.expect(':');
        if (key == "descr" && parser.at_list()) {
            parser.skip_list();
        } else if (key == "descr") {
            const auto type = parse_numpy_type(parser.string());
            if (!type) return fail(ErrorCode::kInvalid, "npy: 'descr' is no type");
            array.type = *type;
        } else if (key == "fortran_order") {
            array.is_fortran = parser.boolean();
        } else if (key == "shape") {
            array.shape = parser.counts();
        } else {
            return fail(ErrorCode::kInvalid, "npy: the header has an unknown key");
        }
        if (!seen.insert(key).second)
            return fail(ErrorCode::kInvalid, "npy: a key of the header is there twice");
        if (parser.accept(',')) continue;
        parser.expect('}');
        break;
    }
    if (!parser.ok() || seen.size() != 3) {
        return fail(ErrorCode::kInvalid,
                    "npy: the header is not a dictionary of descr, fortran_order and shape");
    }
    return array;
}

Result<NumpyArray> read_npy_header(HeaderCursor& cursor) {
    const auto length = read_length(cursor);
    if (!length) return fail(length.error());
    std::string text = cursor.text(*length);
    if (!cursor.ok()) return fail(cursor.error().with_context("npy"));
    auto array = parse_npy_dictionary(text);
    if (array) array->offset = cursor.position();
    return array;
}

}  // namespace modelward::fingerprint
