// SPDX-License-Identifier: Apache-2.0
// Makes an index from fingerprints, or from another index and more: what is taken over from one is copied,
// not computed again.
//
// Memory: what the index needs, and while it is written once more the directories and the chunks. Not
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/index/index.h"

namespace modelward::fingerprint {

// Takes the bytes of the index file from the first to the last.
using IndexSink = std::function<Result<void>(std::span<const std::uint8_t>)>;

class IndexBuilder {
  public:
    struct Notes {
        std::string_view name{};
        std::array<std::uint8_t, 32> digest{};  // of its .mwfp file, when that is kept
        bool is_public = false;
    };
    // `number` is what matches will name it.
    void add(std::uint32_t number, const Fingerprint& fingerprint, const Notes& notes);
    void add(std::uint32_t number, const Fingerprint& fingerprint) { add(number, fingerprint, {}); }

    // The artifacts of `other` for which `keep(place)` holds, with the number that it gives them.
    void add(const IndexTables& other,
             const std::function<std::optional<std::uint32_t>(std::uint32_t place)>& keep);

    // kLimit: more than 2^32 - 1 records of a kind. Otherwise the errors of `sink`.
    Result<void> write(const IndexSink& sink) const;

    // The same, in memory.
    Result<Index> build() const;

  private:
    std::vector<ArtifactRecord> artifacts_;
    std::vector<char> names_;
    std::vector<TensorRecord> tensors_;
    std::vector<VectorRecord> vectors_;
    std::vector<ChunkSlot> chunks_;  // each of an artifact once
    std::vector<ChunkSlot> records_;
    std::vector<ChunkSlot> landmarks_;
};

}  // namespace modelward::fingerprint
