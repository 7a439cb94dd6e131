// SPDX-License-Identifier: Apache-2.0
// The sampled look at a file: its tensor table and one sketch a tensor, from a header and 16 short reads a
// tensor.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

struct SampledFile {
    std::string_view format;            // "unknown" when no reader claims the file
    std::vector<TensorSketch> tensors;  // by offset
    // Of the same tensors, whose names are above; empty where they were collected from a stream.
    std::vector<Tensor> table{};
    std::vector<ByteRange> not_evidence;  // ascending: metadata, and tensors that a formula made
    std::optional<Error> defect;          // the format is broken; the tensors are what is sound of it
    bool is_only_compressed = false;      // the table's; containers/unwrap.h unpacks it
    std::uint64_t decoded_bytes = 0;      // of chunks, for the sketches
    bool lacks_chunks = false;            // a tensor is left out since its chunks could not be decoded
};

// Whoever only compares needs no names, of which a hostile table has 8 MiB.
enum class Names : std::uint8_t { kKept, kDropped };

// An Error only for kIo: what is wrong with the content is in `defect`, also that there are more tensors than
// `most`, or that chunks cannot be decoded.
Result<SampledFile> sample_file(const ByteSource& source, Names names, std::size_t most = kMaxTensors);

// Whether anything of the tensor's data is read to sketch it.
bool wants_samples(const Tensor& tensor);

// Appends the tensor's sketch to `into`, without its name, and what the samples say of it. Errors: as
// read_samples().
Result<void> sketch_tensor(const ByteSource& source, const Tensor& tensor, SampledFile& into);

}  // namespace modelward::fingerprint
