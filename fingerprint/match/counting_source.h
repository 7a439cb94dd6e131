// SPDX-License-Identifier: Apache-2.0
// Counts the bytes that are read through it. Does not own the source; not thread-safe.
#pragma once

#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

class CountingSource final : public ByteSource {
  public:
    explicit CountingSource(const ByteSource& source) : source_(source) {}
    std::uint64_t size() const override { return source_.size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
        bytes_read_ += into.size();
        return source_.read(offset, into);
    }
    const JoinedFiles* joined() const override { return source_.joined(); }
    std::uint64_t bytes_read() const { return bytes_read_; }

  private:
    const ByteSource& source_;
    mutable std::uint64_t bytes_read_ = 0;
};

}  // namespace modelward::fingerprint
