// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/content_stream.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kBlock = 64 * 1024;

}  // namespace

ContentStream::ContentStream(ByteStream& input, std::optional<TensorTable> table, ContentPieces* pieces)
    : input_(input), pieces_(pieces) {
    if (table) collector_.emplace(std::move(*table));
}

Result<std::size_t> ContentStream::read(std::span<std::uint8_t> into) {
    const auto got = input_.read(into);
    if (!got) return fail(got.error());
    const auto bytes = std::span<const std::uint8_t>(into).first(*got);
    if (collector_) collector_->push(bytes);
    if (cutting_) pieces_->push(bytes);
    return *got;
}

Result<void> ContentStream::drain() {
    std::vector<std::uint8_t> block(kBlock);
    while (cutting_ || (collector_ && !collector_->done())) {
        const auto got = read(block);
        if (!got) return fail(got.error());
        if (*got == 0) break;
    }
    return {};
}

}  // namespace modelward::fingerprint
