// SPDX-License-Identifier: Apache-2.0
// POSIX uuencode: "begin MODE NAME", then lines of a length character and groups of four, "end". A character
// c stands for (c - 32) mod 64; three bytes are four characters.
#include <algorithm>
#include <string>

#include "fingerprint/containers/text_encoding.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kLongestLine = 1 + 84;  // 63 bytes

std::uint32_t value_of(const std::string& line, std::size_t at) {
    // Blanks at the end of a line stand for zero and get lost on the way.
    return at < line.size() ? (static_cast<std::uint8_t>(line[at]) - 32U) % 64 : 0;
}

void decode_line(const std::string& line, std::vector<std::uint8_t>& into) {
    if (line.starts_with("begin ") || line == "end") return;
    std::size_t length = value_of(line, 0);
    for (std::size_t at = 1; length > 0 && at < line.size(); at += 4) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 4; ++i)
            group = group << 6 | value_of(line, at + i);
        const std::size_t bytes = std::min<std::size_t>(length, 3);
        for (std::size_t i = 0; i < bytes; ++i)
            into.push_back(static_cast<std::uint8_t>(group >> (16 - 8 * i)));
        length -= bytes;
    }
}

class UuencodeDecoder final : public TextDecoder {
  public:
    void decode(std::span<const std::uint8_t> text, std::vector<std::uint8_t>& into) override {
        for (const std::uint8_t c : text) {
            if (c == '\n') {
                // A file's name makes the first line longer.
                if (!too_long_) decode_line(line_, into);
                line_.clear();
                too_long_ = false;
            } else if (c != '\r') {
                too_long_ = too_long_ || line_.size() == kLongestLine;
                if (!too_long_) line_ += static_cast<char>(c);
            }
        }
    }

  private:
    std::string line_;
    bool too_long_ = false;
};

}  // namespace

std::unique_ptr<TextDecoder> uuencode_decoder() {
    return std::make_unique<UuencodeDecoder>();
}

}  // namespace modelward::fingerprint
