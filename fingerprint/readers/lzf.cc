// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/lzf.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kLongCopy = 7;

}  // namespace

Result<std::size_t> decode_lzf(std::span<const std::uint8_t> encoded, std::span<std::uint8_t> into) {
    std::size_t from = 0;
    std::size_t to = 0;
    const auto broken = [&] {
        return fail(ErrorCode::kInvalid, "LZF is broken after " + std::to_string(from) + " bytes");
    };
    while (from < encoded.size()) {
        const std::size_t control = encoded[from++];
        if (control < 32) {
            const std::size_t count = control + 1;
            if (count > encoded.size() - from || count > into.size() - to) return broken();
            std::ranges::copy(encoded.subspan(from, count), into.subspan(to).begin());
            from += count;
            to += count;
            continue;
        }
        std::size_t count = control >> 5;
        if (count == kLongCopy) {
            if (from == encoded.size()) return broken();
            count += encoded[from++];
        }
        count += 2;
        if (from == encoded.size()) return broken();
        const std::size_t back = ((control & 31U) << 8 | encoded[from++]) + 1;
        if (back > to || count > into.size() - to) return broken();
        for (std::size_t i = 0; i < count; ++i, ++to)  // it may reach into what it writes
            into[to] = into[to - back];
    }
    return to;
}

}  // namespace modelward::fingerprint
