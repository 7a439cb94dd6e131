// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>

#include "fingerprint/containers/text_encoding.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kNone = 0xFF;
constexpr int kArmourDashes = 5;  // -----BEGIN CERTIFICATE-----
constexpr std::string_view kHeaderLine = "begin-base64 ";

constexpr std::array<std::uint8_t, 256> kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNone);
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    values['-'] = values['+'];  // the alphabet for URLs
    values['_'] = values['/'];
    return values;
}();

class Base64Decoder final : public TextDecoder {
  public:
    void decode(std::span<const std::uint8_t> text, std::vector<std::uint8_t>& into) override {
        for (const std::uint8_t c : text) {
            if (at_beginning_)
                begin(c, into);
            else
                take(c, into);
        }
    }

  private:
    // The header line that uuencode -m writes starts with letters of the alphabet, so it is waited for.
    void begin(std::uint8_t c, std::vector<std::uint8_t>& into) {
        beginning_ += static_cast<char>(c);
        if (beginning_ == kHeaderLine) {
            at_beginning_ = false;
            skipping_ = true;
        } else if (!kHeaderLine.starts_with(beginning_)) {
            at_beginning_ = false;
            for (const char held : beginning_)
                take(static_cast<std::uint8_t>(held), into);
        }
    }

    void take(std::uint8_t c, std::vector<std::uint8_t>& into) {
        if (c == '\n' || c == '\r') {
            release_dashes(into);
            at_line_start_ = true;
            skipping_ = false;
        } else if (skipping_ || c == ' ' || c == '\t') {
            return;
        } else if (c == '-' && at_line_start_) {  // armour, or a value
            if (++dashes_ == kArmourDashes) skip_line();
        } else {
            release_dashes(into);
            at_line_start_ = false;
            if (kValues[c] != kNone)
                add(kValues[c], into);
            else if (c == '=')
                values_ = 0;
            else
                skip_line();
        }
    }

    // Of a group of four values, all but the first complete a byte.
    void add(std::uint8_t value, std::vector<std::uint8_t>& into) {
        bits_ = bits_ << 6 | value;
        if (values_ > 0) into.push_back(static_cast<std::uint8_t>(bits_ >> (6 - 2 * values_)));
        values_ = (values_ + 1) % 4;
    }
    void release_dashes(std::vector<std::uint8_t>& into) {
        for (; dashes_ > 0; --dashes_)
            add(kValues['-'], into);
    }
    void skip_line() {
        skipping_ = true;
        dashes_ = 0;
        values_ = 0;
    }

    std::string beginning_;
    bool at_beginning_ = true;
    std::uint32_t bits_ = 0;
    int values_ = 0;  // of the group
    int dashes_ = 0;  // at the start of the line, not yet decided
    bool at_line_start_ = true;
    bool skipping_ = false;
};

}  // namespace

std::unique_ptr<TextDecoder> base64_decoder() {
    return std::make_unique<Base64Decoder>();
}

}  // namespace modelward::fingerprint
