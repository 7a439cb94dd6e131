// SPDX-License-Identifier: Apache-2.0
// Cuts content that comes in pieces into its chunks, finds the records of its text and the landmarks
// of its numbers, and hands all to a visitor.
#pragma once

#include "fingerprint/chunks/chunk_stream.h"
#include "fingerprint/containers/content_visitor.h"
#include "fingerprint/landmarks/landmark_stream.h"
#include "fingerprint/records/record_stream.h"

namespace modelward::fingerprint {

class ContentPieces {
  public:
    // `visitor` must outlive the object.
    explicit ContentPieces(ContentVisitor& visitor)
        : visitor_(visitor),
          chunks_(kRoom,
                  [&visitor](std::uint64_t offset, const Chunk& chunk) { visitor.chunk(offset, chunk); }),
          records_([&visitor](std::string_view canonical) { visitor.record(canonical); }),
          landmarks_([&visitor](const Landmarks& found) { visitor.landmarks(found); }) {}
    ContentPieces(const ContentPieces&) = delete;
    ContentPieces& operator=(const ContentPieces&) = delete;

    void push(std::span<const std::uint8_t> bytes) {
        chunks_.push(bytes);
        records_.push(bytes);
        landmarks_.push(bytes);
    }
    // What follows is new content. `not_evidence` as ContentVisitor takes it.
    void finish(const std::vector<ByteRange>& not_evidence) {
        chunks_.finish();
        records_.finish();
        landmarks_.finish();
        visitor_.end_of_content(not_evidence);
    }

  private:
    static constexpr std::size_t kRoom = 64 * 1024;
    ContentVisitor& visitor_;
    ChunkStream chunks_;
    RecordStream records_;
    LandmarkStream landmarks_;
};

}  // namespace modelward::fingerprint
