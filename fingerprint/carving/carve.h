// SPDX-License-Identifier: Apache-2.0
// Reads the models that begin somewhere inside a file: behind a prefix that hides their format, one after
// another, or in the image of a disk (where the file system keeps a file in one piece).
//
// Each place that signature_search found is looked at as if the file began there, by the same readers, also
// inside another model: what one header claims does not hide the next one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/carving/signature_search.h"
#include "fingerprint/containers/unseen.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {

// The first bytes of a file in which a sampled look searches.
inline constexpr std::uint64_t kSampledSearchBytes = 64 * 1024;
// Over all places: a hostile file has as many headers as it likes, in each other too.
inline constexpr std::size_t kMostCarvedTensors = 1U << 16;
// Read or decoded; the last place may go beyond.
inline constexpr std::uint64_t kMostCarvedBytes = 256ULL << 20;

struct CarvedModels {
    std::vector<SampledFile> models{};  // with a tensor at least; their offsets are those of the whole source
    std::vector<Unseen> unseen{};  // kPlaces: a limit ended it; kCorrupt: a model could not be read whole
};

// `places` ascend. Errors: kIo only.
Result<CarvedModels> carve(const ByteSource& source, std::span<const Place> places);

}  // namespace modelward::fingerprint
