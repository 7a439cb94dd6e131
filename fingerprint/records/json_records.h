// SPDX-License-Identifier: Apache-2.0
// Turns JSON that passes by into the words of its records. Not a parser: what is no JSON gives some words,
// too.
//
// Of rows, the values count and the keys do not, nor does `null`: they are what a table of the same rows
// says. Between two rows a line break ends a record, so that what is no JSON there is read as lines. Of a
// document, a value counts with its key, as a line of YAML says it. A line break in a string ends
// a record, as it does where the text is not in JSON.
#pragma once

#include <cstdint>

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
    void outside(std::uint8_t byte);
    void end_literal();
    void escaped(std::uint8_t byte);
    void hex_digit(std::uint8_t byte);
    void put_code_point(std::uint32_t code_point);

    RecordWords& words_;
    bool is_document_;
    bool are_lines_;           // between rows
    std::uint64_t row_depth_;  // what is inside this many others is a row
    std::uint64_t depth_ = 0;
    Where where_ = Where::kOutside;
    int hex_digits_ = 0;
    std::uint32_t hex_ = 0;
    std::uint32_t high_surrogate_ = 0;
};

}  // namespace modelward::fingerprint
