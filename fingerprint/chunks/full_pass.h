// SPDX-License-Identifier: Apache-2.0
// The full look at a file: one pass over all bytes in blocks, chunks and (if wanted) SHA-256 and a search for
// models together, and the records of its text. Memory does not grow with the file.
#pragma once

#include <array>
#include <cstdint>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/carving/signature_search.h"
#include "fingerprint/chunks/chunk_stream.h"
#include "fingerprint/records/record_stream.h"

namespace modelward::fingerprint {

using Sha256 = std::array<std::uint8_t, 32>;

// Returns the SHA-256 of the file when `hash` is set, zeros otherwise. `search` and `records` may be null.
Result<Sha256> full_pass(const ByteSource& source, bool hash, const ChunkVisitor& visit,
                         SignatureSearch* search = nullptr, RecordStream* records = nullptr);

}  // namespace modelward::fingerprint
