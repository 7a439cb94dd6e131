// SPDX-License-Identifier: Apache-2.0
// The bytes of one buffer of a record batch, compressed or not (https://github.com/apache/arrow,
// format/Message.fbs, BodyCompressionMethod), read through a window.
//
// Reads are meant to go forward. What is not compressed can be read anywhere; of what is, the bytes since
// keep() are kept, as long as they are few, and going further back decodes it from its beginning again. A
// small one is decoded at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fingerprint/columns/arrow/arrow_batch.h"
#include "fingerprint/containers/allowance.h"

namespace modelward::fingerprint {

class BatchBuffer {
  public:
    // All must outlive the object. `window`: bytes that are read at once.
    BatchBuffer(const ByteSource& source, const BufferPlace& place, BatchCodec codec, std::size_t window,
                Allowance& allowance);
    ~BatchBuffer();
    BatchBuffer(const BatchBuffer&) = delete;
    BatchBuffer& operator=(const BatchBuffer&) = delete;

    // kInvalid: the buffer does not hold them, or breaks its compression; kLimit; kIo.
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into);

    // Reads from here on may be repeated.
    void keep() { kept_ = last_; }
    std::size_t bytes() const;  // that it holds

  private:
    struct Decoder;
    Result<void> open();
    Result<void> fill(std::uint64_t offset);
    Result<void> decode_more();

    const ByteSource& source_;
    BufferPlace place_;
    BatchCodec codec_;
    std::size_t window_;
    Allowance& allowance_;
    bool is_open_ = false;
    std::uint64_t size_ = 0;  // of what is not compressed
    std::unique_ptr<Decoder> decoder_;
    std::vector<std::uint8_t> held_;
    std::uint64_t held_at_ = 0;  // where in the buffer it is
    std::uint64_t last_ = 0;     // where the last read began
    std::uint64_t kept_ = 0;
};

}  // namespace modelward::fingerprint
