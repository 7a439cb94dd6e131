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

namespace modelward::fingerprint {

// A half-open range of bytes of the file.
struct ByteRange {
    std::uint64_t begin;
    std::uint64_t end;
};

struct SampledFile {
    std::string_view format;              // "unknown" when no reader claims the file
    std::vector<TensorSketch> tensors;    // by offset
    std::vector<ByteRange> not_evidence;  // ascending: metadata, and tensors that a formula made
    std::optional<Error> defect;          // the format is broken; the tensors are what is sound of it
};

// An Error only for kIo: what is wrong with the content is in `defect`.
Result<SampledFile> sample_file(const ByteSource& source);

}  // namespace modelward::fingerprint
