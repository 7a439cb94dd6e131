// SPDX-License-Identifier: Apache-2.0
// Why a part of a file was not looked into. A file without any of these was seen whole.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace modelward::fingerprint {

enum class Unseen : std::uint8_t {
    kEncrypted,     // an entry or a whole archive is encrypted
    kCorrupt,       // an archive or a model in it breaks its format; what is sound of it was seen
    kDepth,         // wrapped more often than kMaxWrappings
    kEntries,       // more entries than kMaxEntries, or a model with more of something than is read
    kDecodedBytes,  // more decoded bytes than kMaxDecodedBytes
    kRatio,         // decodes to more than kMaxRatio times what was read
    kMemory,        // needs more memory than kMaxDecodingMemory
    kHeader,        // the table of a model in a stream lies beyond kMaxHeldBytes
    kSeek,          // what is not read from front to end (a 7z, HDF5 in chunks), in a stream longer than
                    // kMaxHeldBytes
    kPlaces,        // more places where a model may begin than kMostPlaces
    kSampled,       // a sampled look ended after kMaxSampledBytes
    kUnsupported,   // compressed or encoded in a way that is not read, also a part of a model
    kMissing,       // files that a model's header names are not beside it
};
inline constexpr std::uint8_t kUnseenKinds = 13;

// "encrypted", "corrupt", "depth limit", ...
std::string_view to_string(Unseen unseen);

// A set: each reason once, ascending.
void note(std::vector<Unseen>& reasons, Unseen reason);

}  // namespace modelward::fingerprint
