// SPDX-License-Identifier: Apache-2.0
// A file that may be read kMostReads times and no more: columns that lie on top of each other, or that are
// decoded anew again and again, end there.
#pragma once

#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

inline constexpr std::uint64_t kMostReads = 10;

class LimitedSource final : public ByteSource {
  public:
    explicit LimitedSource(const ByteSource& source) : source_(source) {}
    std::uint64_t size() const override { return source_.size(); }
    // kLimit: it is used up.
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
        bytes_read_ += into.size();
        if (is_used_up())
            return fail(ErrorCode::kLimit, "the columns lie so that the file would be read too often");
        return source_.read(offset, into);
    }
    bool is_used_up() const { return bytes_read_ > kReadsGrace && bytes_read_ / kMostReads > size(); }

  private:
    static constexpr std::uint64_t kReadsGrace = 1
                                                 << 20;  // bytes, in which small files may be read more often

    const ByteSource& source_;
    mutable std::uint64_t bytes_read_ = 0;
};

}  // namespace modelward::fingerprint
