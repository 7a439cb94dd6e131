// SPDX-License-Identifier: Apache-2.0
// Receives the chunks, records and landmarks of what is found inside wrapping.
#pragma once

#include <string_view>
#include <vector>

#include "fingerprint/fingerprint.h"
#include "fingerprint/landmarks/landmark_finder.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {

class ContentVisitor {
  public:
    virtual ~ContentVisitor() = default;
    // The next chunk of the current content that is not trivial, with its offset in that content.
    virtual void chunk(std::uint64_t offset, const Chunk& chunk) = 0;
    // The next record of its text.
    virtual void record(std::string_view canonical) = 0;
    // The next group of landmarks of its numbers.
    virtual void landmarks(const Landmarks& found) = 0;
    // The content has ended; these ranges of it are no evidence. Ascending.
    virtual void end_of_content(const std::vector<ByteRange>& not_evidence) = 0;
};

}  // namespace modelward::fingerprint
