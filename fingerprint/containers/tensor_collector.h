// SPDX-License-Identifier: Apache-2.0
// Sketches of a model's tensors while its bytes pass by once. The bytes that sampling wants of a tensor (16
// short runs) are kept until the last of them has come; then the tensor is sketched and they are dropped, so
// memory does not grow with the model.
#pragma once

#include <vector>

#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {

class TensorCollector {
  public:
    explicit TensorCollector(TensorTable table);

    // The next bytes of the model, from its first one on.
    void push(std::span<const std::uint8_t> bytes);

    // Nothing more is wanted.
    bool done() const { return next_ == table_.tensors.size(); }

    // The tensors whose samples have all come.
    const SampledFile& file() const { return file_; }

  private:
    struct Run {
        std::uint64_t offset;
        std::vector<std::uint8_t> bytes;  // what has come of it is in front
    };
    class Collected;

    void plan();
    bool collect(std::uint64_t at, std::span<const std::uint8_t> bytes);

    TensorTable table_;
    SampledFile file_;
    std::size_t next_ = 0;    // the tensor that is collected
    std::vector<Run> runs_;   // of it, ascending
    std::size_t run_ = 0;     // the first that is not whole
    std::size_t filled_ = 0;  // of that one
    std::uint64_t position_ = 0;
};

}  // namespace modelward::fingerprint
