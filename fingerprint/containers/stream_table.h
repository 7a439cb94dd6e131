// SPDX-License-Identifier: Apache-2.0
// The tensor table of a model that comes as a stream.
#pragma once

#include <optional>

#include "fingerprint/containers/allowance.h"
#include "fingerprint/containers/byte_stream.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Sizes that nobody knows (compressed streams do not say) are taken to be this.
inline constexpr std::uint64_t kUnknownSize = 1ULL << 62;

// Asks the reader that claims the stream, holding as much of its front as the table needs; the stream can be
// read from its first byte afterwards. nullopt: no reader claims it, or the table cannot be had, and then
// `unseen` says why. Errors: as reading the stream.
Result<std::optional<TensorTable>> read_stream_table(PeekableStream& stream, std::uint64_t size,
                                                     const Allowance& allowance, std::vector<Unseen>& unseen);

}  // namespace modelward::fingerprint
