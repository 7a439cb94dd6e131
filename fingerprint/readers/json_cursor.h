// SPDX-License-Identifier: Apache-2.0
// Reads JSON from front to back through a small buffer: a header of 100 MB is never held, and no tree is made
// of it. The caller knows which values it wants and asks for them one by one; what it does not ask for is not
// JSON to it; what it passes over is only looked at as far as its end has to be found.
//
// Errors stick: after the first one every call gives nothing, so a parser may read an entry and ask ok()
// once. https://www.rfc-editor.org/rfc/rfc8259
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

class JsonCursor {
  public:
    // The JSON is the bytes [begin, end) of the source.
    JsonCursor(const ByteSource& source, std::uint64_t begin, std::uint64_t end);

    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }

    enum class Kind : std::uint8_t { kNone, kObject, kList, kText, kNumber, kWord };
    Kind next();  // what begins here; kNone: nothing that JSON has, which is an error

    // The structure: `{`, `}`, `[`, `]`, `:` and `,`, with white space before it.
    void expect(char sign);
    bool take(char sign);  // false when something else comes next
    void expect_end();     // nothing but white space follows

    // A text of at most `most` bytes; valid until the next call.
    std::string_view text(std::size_t most);
    void skip_text();
    // nullopt: a number, but not one of these; no error then, and the cursor is inside it.
    std::optional<std::uint64_t> unsigned_integer();
    std::optional<double> number();  // of at most 32 characters
    // What is left of a number, true, false or null.
    void skip_word();
    // A value of any kind; kLimit: it is nested deeper than kMaxDepth.
    void skip_value();
    static constexpr int kMaxDepth = 64;

  private:
    std::optional<std::uint8_t> peek();  // nullopt at the end
    std::uint8_t take();                 // zero at the end, which is an error
    void skip_space();
    void skip_name();
    void read_text(std::size_t most, bool keep);
    void read_character(std::string& into);
    void read_escape(std::string& into);
    std::uint32_t read_code_unit();
    void refuse(ErrorCode code, const std::string& what);

    const ByteSource& source_;
    std::uint64_t position_;
    std::uint64_t end_;
    std::uint64_t buffer_start_ = 0;
    std::size_t buffer_length_ = 0;
    std::array<std::uint8_t, 16384> buffer_;
    std::string text_;
    std::optional<Error> error_;
};

}  // namespace modelward::fingerprint
