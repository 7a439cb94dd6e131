// SPDX-License-Identifier: Apache-2.0
// Finds the records of the text in bytes that pass by; how they are cut into pieces does not matter.
//
// A record is what a row of a dataset, a line of a log or of source code, or an entry of a configuration
// says, in the form of record_words.h. Text is looked for in windows of kTextWindow bytes: one that holds a
// control character (other than tabs, line and page breaks, and the escape of coloured logs) is no text and
// ends what was before it; text after it begins afresh. Its first kTextFront bytes say what a record is in
// it (text_shape.h). UTF-16 is not read. Memory: kTextFront and a record.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "fingerprint/block_cutter.h"
#include "fingerprint/records/json_records.h"
#include "fingerprint/records/record_words.h"

namespace modelward::fingerprint {

inline constexpr std::size_t kTextWindow = 4096;
inline constexpr std::size_t kTextFront = 64 * 1024;

class RecordStream {
  public:
    explicit RecordStream(RecordVisitor visit) : words_(std::move(visit)) {}

    void push(std::span<const std::uint8_t> bytes);
    // What follows is new content.
    void finish();

  private:
    void take_window(std::span<const std::uint8_t> window);
    void begin_text();
    void end_text();
    void put(std::span<const std::uint8_t> text);

    RecordWords words_;
    BlockCutter windows_{kTextWindow};
    std::string front_;  // of a text whose shape is not known yet
    std::optional<TextShape> shape_;
    std::optional<JsonRecords> json_;
};

}  // namespace modelward::fingerprint
