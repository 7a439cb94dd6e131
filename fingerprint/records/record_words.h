// SPDX-License-Identifier: Apache-2.0
// The canonical form of a record: its words, each behind a space but the first.
//
// A word is a run of letters, digits, `_ . + -` and bytes of UTF-8 beyond ASCII, with at least one that is
// none of the signs; ASCII letters are made small. Everything else separates. So quotes, indentation,
// separators and the syntax of CSV, TSV, JSON, YAML and TOML make no difference. A record of more than
// kMostRecordBytes is cut there. Memory: that much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace modelward::fingerprint {

inline constexpr std::size_t kMostRecordBytes = 64 * 1024;

using RecordVisitor = std::function<void(std::string_view canonical)>;

class RecordWords {
  public:
    explicit RecordWords(RecordVisitor visit) : visit_(std::move(visit)), record_(kMostRecordBytes + 2) {}

    void put(std::uint8_t byte);
    void put_lines(std::span<const std::uint8_t> text);  // each line is a record
    void end_word();
    void end_record();  // visits it, unless it is empty

    // drop() takes back what has come since the mark, of this record.
    void mark();
    void drop();
    std::string_view since_mark();

  private:
    RecordVisitor visit_;
    std::vector<char> record_;  // its first size_ bytes
    std::size_t size_ = 0;
    std::size_t word_ = 0;  // where the word begins that is not at its end, with its blank; else size_
    std::size_t mark_ = 0;
};

}  // namespace modelward::fingerprint
