// SPDX-License-Identifier: Apache-2.0
// Says which registered artifacts a file contains, by content alone.
//
// An Index holds the fingerprints of the registered artifacts. classify() reads a file through a ByteSource (it is
// handed a descriptor; it never opens anything), and returns every artifact that matches, best first. Sampled reads
// a header plus about 16 KiB a tensor; full reads the file once. Hostile files cost at most the stated limits and
// give an Error, never a crash. Index is immutable after building and may be shared between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/fingerprint.h"

namespace modelward::fingerprint {

enum class Depth { kSampled, kFull };
enum class Method { kExact, kChunks, kTensors };    // strongest evidence first

struct Match {
    std::uint32_t artifact;    // the number under which it was added to the index
    Method method;
    double score;              // 0..1: exact 1; chunks: share of the file's bytes; tensors: share of eligible elements
    double share;              // 0..1: how much of the artifact is present in the file
    std::uint32_t count;       // chunks or tensors that agree
};

struct Classification {
    std::string format;              // "safetensors", "gguf", "unknown"
    std::vector<Match> matches;      // empty: no registered artifact
    std::uint64_t bytes_read;
};

class Index {
  public:
    Index();
    ~Index();
    Index(Index&&) noexcept;
    Index& operator=(Index&&) noexcept;

    void add(std::uint32_t artifact, Fingerprint fingerprint);
    std::size_t size() const;

  private:
    friend Result<Classification> classify(const ByteSource&, const Index&, Depth);
    struct Tables;
    std::unique_ptr<Tables> tables_;
};

// kInvalid: the file claims to be a format and breaks it (it is then still matched by its bytes when depth is
// kFull, and the error is returned only if nothing matched); kLimit: beyond a limit; kIo: reading failed.
Result<Classification> classify(const ByteSource& source, const Index& index, Depth depth);

std::string_view to_string(Method method);    // "exact", "chunks", "tensors"

}  // namespace modelward::fingerprint
