// SPDX-License-Identifier: Apache-2.0
// Turns JSON that passes by into the words of its records. No text is dropped: where it is no JSON, it goes
// on as rows and lines, whatever it was taken for.
//
// Of rows, the values count and the keys do not, nor does `null`: they are what a table of the same rows
// says. Between two rows what is no JSON is read as lines. Of a document, a value counts with its key, as a
// line of YAML says it. A line break in a string ends a record, as it does where the text is not in JSON.
#pragma once

#include <array>
#include <cstdint>

#include "fingerprint/records/json_syntax.h"
#include "fingerprint/records/record_words.h"
#include "fingerprint/records/text_shape.h"

namespace modelward::fingerprint {

class JsonRecords {
  public:
    // `shape` is one of JSON. `words` must outlive the object.
    JsonRecords(RecordWords& words, TextShape shape);
    void put(std::uint8_t byte);

  private:
    enum class Where { kOutside, kWord, kString, kEscape, kHex };
    void between(std::uint8_t byte);
    void in_line(std::uint8_t byte);
    void break_off(std::uint8_t byte);
    void inside(std::uint8_t byte);
    void outside(std::uint8_t byte);
    void end_literal();
    void escaped(std::uint8_t byte);
    void hex_digit(std::uint8_t byte);
    void put_code_point(std::uint32_t code_point);

    RecordWords& words_;
    JsonSyntax syntax_;
    bool is_document_;
    bool may_be_in_array_;                  // rows
    std::uint64_t row_depth_ = 0;           // what is inside this many others is a row
    bool in_line_ = false;                  // that is no JSON, or none any more
    std::array<std::uint8_t, 2> before_{};  // of the line, but blanks
    bool is_new_line_ = false;              // in JSON, with no word of it yet
    Where where_ = Where::kOutside;
    int hex_digits_ = 0;
    std::uint32_t hex_ = 0;
    std::uint32_t high_surrogate_ = 0;
};

}  // namespace modelward::fingerprint
