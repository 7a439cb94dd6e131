// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/text_encoding.h"

namespace modelward::fingerprint {
namespace {

int digit_value(std::uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

class HexDecoder final : public TextDecoder {
  public:
    void decode(std::span<const std::uint8_t> text, std::vector<std::uint8_t>& into) override {
        for (const std::uint8_t c : text) {
            if (c == '\n' || c == '\r') {
                skipping_ = false;
            } else if (!skipping_ && c != ' ' && c != '\t') {
                take(digit_value(c), into);
            }
        }
    }

  private:
    void take(int value, std::vector<std::uint8_t>& into) {
        if (value < 0) {
            skipping_ = true;
            upper_ = -1;
        } else if (upper_ < 0) {
            upper_ = value;
        } else {
            into.push_back(static_cast<std::uint8_t>(upper_ << 4 | value));
            upper_ = -1;
        }
    }

    int upper_ = -1;  // the first digit of a pair, when it is waiting for the second
    bool skipping_ = false;
};

}  // namespace

std::unique_ptr<TextDecoder> hex_decoder() {
    return std::make_unique<HexDecoder>();
}

}  // namespace modelward::fingerprint
