// SPDX-License-Identifier: Apache-2.0
// Says which registered artifacts a file contains, by content alone.
//
// An Index holds the fingerprints of the registered artifacts. classify() reads a file through a ByteSource
// (it is handed a descriptor; it never opens anything), and returns what matches. Sampled reads a header plus
// at most 16 KiB a tensor; full reads the file once more. Hostile files cost at most the stated limits and
// give an Error, never a crash. Index is immutable after building and may be shared between threads.
//
// When a file matches an artifact:
// - exact: same size and SHA-256 (kFull only).
// - chunks: distinct chunks that both hold make up 10 % of the bytes of the file or of the artifact (kFull
//   only). Chunks of metadata and of constant or formula-made tensors do not count.
// - tensors: at least 3 different eligible tensors are at Hamming distance 56 or less, and they are at least
//   50 % of the eligible elements of the file or of the artifact. "Of the file" catches shards and parts of
//   the artifact, "of the artifact" catches files that hold the artifact among other things. Tensors that
//   equal each other (a tied embedding) are one tensor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/fingerprint.h"

namespace modelward::fingerprint {

enum class Depth { kSampled, kFull };
enum class Method { kExact, kChunks, kTensors };  // strongest evidence first

struct Match {
    std::uint32_t artifact;  // the number under which it was added to the index
    Method method;
    double score;         // 0..1: exact 1; chunks: share of the file's bytes; tensors: share of the file's
                          // eligible elements
    double share;         // 0..1: how much of the artifact is present in the file
    std::uint32_t count;  // chunks or tensors that agree
    double distance = 0;  // tensors: mean Hamming distance of the tensors that agree; others: 0
};

// Conversions to other element types stay below this mean distance (2-bit quantisation: 26); what is above
// was changed on purpose: pruned, trained further, merged.
inline constexpr double kConversionDistance = 28;

struct Classification {
    std::string format;          // "safetensors", "gguf", "unknown"
    std::vector<Match> matches;  // one an artifact and method; strongest method first, then greatest share
    std::uint64_t bytes_read = 0;
};

class Index {
  public:
    Index();
    ~Index();
    Index(Index&&) noexcept;
    Index& operator=(Index&&) noexcept;

    void add(std::uint32_t artifact, Fingerprint fingerprint);
    std::size_t size() const;

    struct Tables;  // match/index_tables.h

  private:
    friend Result<Classification> classify(const ByteSource&, const Index&, Depth);
    std::unique_ptr<Tables> tables_;
};

// kInvalid: the file claims to be a format and breaks it; kUnsupported: it has tensors of an unknown type;
// kLimit: it is beyond a limit. Such a file is still matched by the tensors that are sound and, when depth is
// kFull, by its bytes; the error is returned only if nothing matched. kIo: reading failed.
Result<Classification> classify(const ByteSource& source, const Index& index, Depth depth);

std::string_view to_string(Method method);  // "exact", "chunks", "tensors"

}  // namespace modelward::fingerprint
