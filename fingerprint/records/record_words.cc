// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/record_words.h"

#include <algorithm>
#include <array>
#include <span>

namespace modelward::fingerprint {
namespace {

constexpr bool is_sign(std::size_t byte) {
    return byte == '_' || byte == '.' || byte == '+' || byte == '-';
}

// What each byte is in a word; 0: it is in none.
constexpr std::array<std::uint8_t, 256> kFolded = [] {
    std::array<std::uint8_t, 256> folded{};
    for (std::size_t byte = 0; byte < folded.size(); ++byte) {
        const bool is_upper = byte >= 'A' && byte <= 'Z';
        const bool is_in_word = is_upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                                byte >= 0x80 || is_sign(byte);
        if (is_in_word) folded[byte] = static_cast<std::uint8_t>(is_upper ? byte + 'a' - 'A' : byte);
    }
    return folded;
}();

}  // namespace

void RecordWords::put(std::uint8_t byte) {
    const std::uint8_t folded = kFolded[byte];
    if (folded == 0) return end_word();
    if (size_ + 1 >= kMostRecordBytes) end_record();
    if (word_ == size_ && size_ != 0) record_[size_++] = ' ';
    record_[size_++] = static_cast<char>(folded);
}

void RecordWords::put_lines(std::span<const std::uint8_t> text) {
    for (const std::uint8_t byte : text) {
        if (byte == '\n')
            end_record();
        else
            put(byte);
    }
}

void RecordWords::end_word() {
    if (word_ == size_) return;
    const auto is_blank_or_sign = [](char at) { return at == ' ' || is_sign(static_cast<std::uint8_t>(at)); };
    const auto word = std::span(record_).subspan(word_, size_ - word_);
    if (std::ranges::all_of(word, is_blank_or_sign)) size_ = word_;
    word_ = size_;
}

void RecordWords::end_record() {
    end_word();
    if (size_ != 0) visit_({record_.data(), size_});
    size_ = word_ = mark_ = 0;
}

void RecordWords::mark() {
    end_word();
    mark_ = size_;
}

void RecordWords::drop() {
    size_ = word_ = std::min(mark_, size_);
}

std::string_view RecordWords::since_mark() {
    end_word();
    std::string_view since(record_.data(), size_);
    since.remove_prefix(std::min(mark_, since.size()));
    if (since.starts_with(' ')) since.remove_prefix(1);
    return since;
}

}  // namespace modelward::fingerprint
