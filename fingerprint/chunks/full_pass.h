// SPDX-License-Identifier: Apache-2.0
// The full look at a file: one pass over all bytes in blocks, for its chunks and whatever else is wanted.
// Memory does not grow with the file.
#pragma once

#include <array>
#include <cstdint>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/carving/signature_search.h"
#include "fingerprint/chunks/chunk_stream.h"
#include "fingerprint/landmarks/landmark_stream.h"
#include "fingerprint/records/record_stream.h"

namespace modelward::fingerprint {

using Sha256 = std::array<std::uint8_t, 32>;

// What passes by; null: not wanted.
struct PassThrough {
    bool hash = false;  // SHA-256
    SignatureSearch* search = nullptr;
    RecordStream* records = nullptr;
    LandmarkStream* landmarks = nullptr;
};

// Returns the SHA-256 of the file when that is wanted, zeros otherwise.
Result<Sha256> full_pass(const ByteSource& source, const PassThrough& through, const ChunkVisitor& visit);

}  // namespace modelward::fingerprint
