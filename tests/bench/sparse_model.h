// SPDX-License-Identifier: Apache-2.0
// Files with the tensor table of a large transformer, of which only what a look reads is on disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::bench {

// As Llama's and its descendants: seven matrices and two norms a layer, all in bfloat16.
struct Transformer {
    std::uint64_t layers;
    std::uint64_t hidden;
    std::uint64_t keys;  // width of the keys and of the values
    std::uint64_t feed_forward;
    std::uint64_t vocabulary;
};

enum class FileFormat { kSafetensors, kGguf };

// Makes the file that the descriptor is open on one of this model, all of whose weights are holes. A GGUF
// file has a vocabulary and its merges in front, as real ones do.
Result<void> write_sparse_model(int file, const Transformer& model, FileFormat format);

// Gives the holes of a sparse file weights where they are read, and keeps them in the file: what one look has
// read through this, another one finds there. The first `data_start` bytes are left as they are.
class FillingSource final : public fingerprint::ByteSource {
  public:
    FillingSource(int file, const fingerprint::ByteSource& source, std::uint64_t data_start)
        : file_(file), source_(source), data_start_(data_start) {}
    std::uint64_t size() const override { return source_.size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  private:
    int file_;
    const fingerprint::ByteSource& source_;
    std::uint64_t data_start_;
};

// Where the weights begin that write_sparse_model() makes room for.
std::uint64_t data_start_of(const Transformer& model, FileFormat format);

}  // namespace modelward::bench
