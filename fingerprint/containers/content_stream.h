// SPDX-License-Identifier: Apache-2.0
// A stream whose bytes are looked at as they pass: by the collector of a model's tensors and, while it is
// content, by what cuts it into chunks and records. Whoever reads it (an archive inside, or nobody in
// particular) need not know.
#pragma once

#include <optional>

#include "fingerprint/containers/byte_stream.h"
#include "fingerprint/containers/content_pieces.h"
#include "fingerprint/containers/tensor_collector.h"

namespace modelward::fingerprint {

class ContentStream final : public ByteStream {
  public:
    // `pieces` may be null. Both must outlive the object.
    ContentStream(ByteStream& input, std::optional<TensorTable> table, ContentPieces* pieces);
    Result<std::size_t> read(std::span<std::uint8_t> into) override;

    // From here on the bytes are content and are cut.
    void is_content() { cutting_ = pieces_ != nullptr; }
    // Reads up to the end, or until nothing more is wanted of the bytes.
    Result<void> drain();

    // The model's tensors that were whole; null when it is no model.
    const SampledFile* model() const { return collector_ ? &collector_->file() : nullptr; }

  private:
    ByteStream& input_;
    std::optional<TensorCollector> collector_;
    ContentPieces* pieces_;
    bool cutting_ = false;
};

}  // namespace modelward::fingerprint
