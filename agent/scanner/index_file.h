// SPDX-License-Identifier: Apache-2.0
// The index of the registered fingerprints as one sealed anonymous file (docs/index-format.md): written by
// the agent, inherited by the scanner, which maps it (Index::map) and asks it where it lies.
#pragma once

#include "base/error.h"
#include "base/unique_fd.h"
#include "fingerprint/index/index_builder.h"

namespace modelward::agent {

// Nobody can change the file behind the descriptor any more (F_SEAL_*). kIo, kLimit.
Result<UniqueFd> make_index_file(const fingerprint::IndexBuilder& index);

}  // namespace modelward::agent
