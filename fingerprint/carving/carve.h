// SPDX-License-Identifier: Apache-2.0
// Reads the models that begin somewhere inside a file: behind a prefix that hides their format, one after
// another, or in the image of a disk (where the file system keeps a file in one piece).
//
// Each place that signature_search found is looked at as if the file began there, by the same readers with
// the same limits. Inside a model that was read, no other is looked for.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {

// The first bytes of a file in which a sampled look searches.
inline constexpr std::uint64_t kSampledSearchBytes = 64 * 1024;
// Over all places: a hostile file names as many tensors as it likes at each.
inline constexpr std::size_t kMostCarvedTensors = 1U << 16;

// The tensors of all models that begin at `places` (ascending), with offsets in `source`. `is_whole` is false
// when there were more tensors than kMostCarvedTensors. Errors: kIo only.
struct CarvedModels {
    SampledFile file{.format = "unknown", .tensors = {}, .table = {}, .not_evidence = {}, .defect = {}};
    bool is_whole = true;
};
Result<CarvedModels> carve(const ByteSource& source, std::span<const std::uint64_t> places);

}  // namespace modelward::fingerprint
