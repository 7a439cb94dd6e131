// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/byte_stream.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kLeastPeek = 4096;

}  // namespace

Result<std::size_t> SourceStream::read(std::span<std::uint8_t> into) {
    const auto length = std::min<std::uint64_t>(into.size(), source_.size() - position_);
    if (auto read = source_.read(position_, into.first(length)); !read) return fail(read.error());
    position_ += length;
    return length;
}

void SourceStream::seek(std::uint64_t position) {
    position_ = std::min(position, source_.size());
}

Result<std::size_t> PeekableStream::read(std::span<std::uint8_t> into) {
    if (taken_ == held_.size()) return input_.read(into);
    const std::size_t length = std::min(into.size(), held_.size() - taken_);
    std::copy_n(held_.begin() + static_cast<std::ptrdiff_t>(taken_), length, into.begin());
    taken_ += length;
    if (taken_ == held_.size()) {
        held_ = {};  // a long header need not be kept while the data is read
        taken_ = 0;
    }
    return length;
}

Result<std::span<const std::uint8_t>> PeekableStream::peek(std::size_t wanted) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    std::size_t filled = held_.size();
    while (filled < wanted) {
        // Grows with what comes, not with what is asked for.
        if (filled == held_.size()) held_.resize(std::min(wanted, filled + std::max(filled, kLeastPeek)));
        const auto got = input_.read(std::span(held_).subspan(filled));
        if (!got || *got == 0) {
            held_.resize(filled);
            if (!got) return fail(got.error());
            break;
        }
        filled += *got;
    }
    held_.resize(filled);
    return std::span<const std::uint8_t>(held_).first(std::min(wanted, filled));
}

}  // namespace modelward::fingerprint
