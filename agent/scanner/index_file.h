// SPDX-License-Identifier: Apache-2.0
// The registered fingerprints as one sealed anonymous file: written by the agent, inherited by the scanner.
// Format: for each artifact u32 number, u32 zero, u64 length, then the bytes of its .mwfp file; host byte
// order.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/unique_fd.h"
#include "fingerprint/classify.h"

namespace modelward::agent {

struct IndexEntry {
    std::uint32_t artifact;
    std::span<const std::uint8_t> fingerprint;  // as fingerprint::serialize() made it
};

// Nobody can change the file behind the descriptor any more (F_SEAL_*). kIo.
Result<UniqueFd> make_index_file(std::span<const IndexEntry> entries);

// kInvalid when an entry breaks the format or a fingerprint does not parse.
Result<fingerprint::Index> read_index_file(int fd);

}  // namespace modelward::agent
