// SPDX-License-Identifier: Apache-2.0
// Decoded bytes on their way, counted against the allowance. kLimit when it is used up.
#pragma once

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
        if (!allowance_.has_memory()) return fail(ErrorCode::kLimit, "decoding needs too much memory");
        return *got;
    }

  private:
    ByteStream& input_;
    Allowance& allowance_;
};

}  // namespace modelward::fingerprint
