// SPDX-License-Identifier: Apache-2.0
// Decoded bytes on their way, counted against the allowance. kLimit when it is used up.
#pragma once

#include <algorithm>
#include <cstdint>

#include "fingerprint/containers/allowance.h"
#include "fingerprint/containers/byte_stream.h"

namespace modelward::fingerprint {

class MeteredStream final : public ByteStream {
  public:
    MeteredStream(ByteStream& input, Allowance& allowance) : input_(input), allowance_(allowance) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override {
        const auto got = input_.read(into);
        if (!got) return fail(got.error());
        if (!allowance_.take_decoded(*got)) return fail(ErrorCode::kLimit, "too many decoded bytes");
        left_ -= std::min<std::uint64_t>(left_, *got);
        if (left_ != 0) return *got;
        left_ = kMemoryInterval;
        if (!allowance_.has_memory()) return fail(ErrorCode::kLimit, "decoding needs too much memory");
        return *got;
    }

  private:
    // Asking for memory takes longer than decoding a few bytes: after the first ones, and then now and then.
    static constexpr std::uint64_t kMemoryInterval = 64 * 1024;
    ByteStream& input_;
    Allowance& allowance_;
    std::uint64_t left_ = 1;  // bytes before it is asked for
};

}  // namespace modelward::fingerprint
