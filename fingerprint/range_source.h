// SPDX-License-Identifier: Apache-2.0
// A part of a source as a source: an entry that an archive stores as it is, one of several models in a file.
// Does not own the source.
#pragma once

#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

class RangeSource final : public ByteSource {
  public:
    // The range must lie inside the source.
    RangeSource(const ByteSource& source, std::uint64_t begin, std::uint64_t size)
        : source_(source), begin_(begin), size_(size) {}
    std::uint64_t size() const override { return size_; }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
        if (offset > size_ || into.size() > size_ - offset)
            return fail(ErrorCode::kInvalid, "read outside a part of the file");
        return source_.read(begin_ + offset, into);
    }

  private:
    const ByteSource& source_;
    std::uint64_t begin_;
    std::uint64_t size_;
};

}  // namespace modelward::fingerprint
