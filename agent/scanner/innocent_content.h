// SPDX-License-Identifier: Apache-2.0
// May a file lose a label that it got by lineage only? Only when its content is, positively, something that
// holds no model: a log, a table, a plot. Anything opaque (encrypted, compressed, an archive, an unknown
// binary) keeps the label, because lineage is then the only thing that knows.
//
// What is recognised, and what hides in it at worst (a bound that is accepted, see the constants):
// - tiny: up to kTinyBytes whatever it is;
// - text: up to kLargestInnocent of UTF-8 without control characters that does not look like an encoding of
//   binary data (base64, base85 and hexadecimal dumps are opaque, whatever their line length);
// - image: PNG or JPEG up to kLargestInnocent that is one image from its first byte to its last, without
//   large metadata: nothing behind the end mark.
#pragma once

#include <cstdint>

#include "agent/scanner/protocol.h"
#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::agent {

inline constexpr std::uint64_t kTinyBytes = 4096;
inline constexpr std::uint64_t kLargestInnocent = 4 << 20;
inline constexpr std::uint64_t kLargestImageMetadata = 64 << 10;

// kNone: not recognised. Errors: kIo only.
Result<InnocentKind> innocent_content(const fingerprint::ByteSource& source);

}  // namespace modelward::agent
