// SPDX-License-Identifier: Apache-2.0
// The beginning of a stream as a source, so that readers, which want random access, can read a table in it.
// What lies beyond gives an error and is noted: the caller gets more of the stream and asks the reader again.
// A reader whose table outgrows the allowed memory is stopped at its next read.
#pragma once

#include <algorithm>

#include "fingerprint/byte_source.h"
#include "fingerprint/containers/allowance.h"

namespace modelward::fingerprint {

class HeldPrefix final : public ByteSource {
  public:
    // `size` is that of the whole stream, as far as is known. Does not own the bytes nor the allowance.
    HeldPrefix(std::span<const std::uint8_t> held, std::uint64_t size, const Allowance& allowance)
        : held_(held), size_(size), allowance_(allowance) {}
    std::uint64_t size() const override { return size_; }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
        if (offset > size_ || into.size() > size_ - offset)
            return fail(ErrorCode::kInvalid, "read outside the stream");
        if (!allowance_.has_memory()) {
            lacked_memory_ = true;
            return fail(ErrorCode::kLimit, "the table needs too much memory");
        }
        if (offset + into.size() > held_.size()) {
            wanted_ = std::max(wanted_, offset + into.size());
            return fail(ErrorCode::kUnavailable, "the stream has not come so far yet");
        }
        std::ranges::copy(held_.subspan(offset, into.size()), into.begin());
        return {};
    }

    // The end of the farthest read that came too early; 0 when there was none.
    std::uint64_t wanted() const { return wanted_; }
    bool lacked_memory() const { return lacked_memory_; }

  private:
    std::span<const std::uint8_t> held_;
    std::uint64_t size_;
    const Allowance& allowance_;
    mutable std::uint64_t wanted_ = 0;
    mutable bool lacked_memory_ = false;
};

}  // namespace modelward::fingerprint
