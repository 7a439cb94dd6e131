// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <new>

#include "fingerprint/chunks/full_pass.h"
#include "fingerprint/columns/table_rows.h"
#include "fingerprint/containers/unwrap.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/records/record_hash.h"
#include "fingerprint/rows/matrix_sketches.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {
namespace {

// Whether the chunk starts and ends inside one range. Ranges ascend.
bool lies_in(const std::vector<ByteRange>& ranges, std::uint64_t begin, std::uint64_t end) {
    const auto after = std::ranges::upper_bound(ranges, begin, {}, &ByteRange::begin);
    return after != ranges.begin() && end <= std::prev(after)->end;
}

// Keeps the chunks of what is inside wrapping once it is known which of them are evidence, and its records
// and landmarks.
class ContentChunks final : public ContentVisitor {
  public:
    explicit ContentChunks(std::vector<Chunk>& into) : into_(into) {}
    void chunk(std::uint64_t offset, const Chunk& chunk) override { pending_.push_back({offset, chunk}); }
    void record(std::string_view canonical) override { add_record(records_, canonical); }
    void landmarks(const Landmarks& found) override { landmarks_.add(found.hash); }
    void end_of_content(const std::vector<ByteRange>& not_evidence) override {
        for (const auto& [offset, chunk] : pending_)
            if (!lies_in(not_evidence, offset, offset + chunk.length)) into_.push_back(chunk);
        pending_.clear();
    }

    HashSample take_records() { return records_.take(); }
    HashSample take_landmarks() { return landmarks_.take(); }

  private:
    struct Placed {
        std::uint64_t offset;
        Chunk chunk;
    };
    std::vector<Placed> pending_;
    std::vector<Chunk>& into_;
    HashSampler records_, landmarks_;
};

Result<void> add_inside(const ByteSource& source, Fingerprint& fingerprint) {
    ContentChunks chunks(fingerprint.chunks);
    auto inside = unwrap(source, limits_of(Depth::kFull), &chunks);
    if (!inside) return fail(inside.error());
    if (inside->outermost && fingerprint.format == "unknown")
        fingerprint.format = to_string(*inside->outermost);
    fingerprint.unseen = std::move(inside->unseen);
    if (inside->outermost) fingerprint.records = chunks.take_records();
    if (fingerprint.landmarks.hashes.empty()) fingerprint.landmarks = chunks.take_landmarks();
    std::ranges::move(inside->tensors, std::back_inserter(fingerprint.tensors));
    if (fingerprint.tensors.size() > kMaxTensors)
        return fail(ErrorCode::kLimit, "more than " + std::to_string(kMaxTensors) + " tensors");
    return {};
}

// The records of a table of columns are its rows, and not what of its bytes may look like text.
Result<void> add_table_rows(const ByteSource& source, Fingerprint& fingerprint) {
    const auto format = table_format(source);
    if (!format) return fail(format.error());
    if (format->empty()) return {};
    if (fingerprint.format == "unknown") fingerprint.format = *format;
    auto records = sample_table_rows(source, fingerprint.unseen);
    if (!records) return fail(records.error());
    if (!records->hashes.empty()) fingerprint.records = std::move(*records);
    return {};
}

Result<Fingerprint> make_or_throw(const ByteSource& source) {
    if (source.size() == 0) return fail(ErrorCode::kInvalid, "the file is empty");
    auto sampled = sample_file(source, Names::kKept);
    if (!sampled) return fail(sampled.error());
    // A type of the future costs its tensors; anything else wrong is no model to register.
    if (sampled->defect && (sampled->defect->code() != ErrorCode::kUnsupported || sampled->lacks_chunks))
        return fail(*sampled->defect);

    Fingerprint fingerprint;
    fingerprint.format = sampled->format;
    fingerprint.file_bytes = source.size();
    fingerprint.tensors = std::move(sampled->tensors);
    for (std::uint32_t i = 0; i < sampled->table.size(); ++i) {
        if (!fingerprint.tensors[i].eligible) continue;
        if (auto kept = keep_vectors(source, sampled->table[i], i, fingerprint.vectors); !kept)
            return fail(kept.error());
    }
    const auto keep = [&](std::uint64_t offset, const Chunk& chunk) {
        if (!lies_in(sampled->not_evidence, offset, offset + chunk.length))
            fingerprint.chunks.push_back(chunk);
    };
    HashSampler records, landmarks;
    RecordStream text([&](std::string_view canonical) { add_record(records, canonical); });
    LandmarkStream numbers([&](const Landmarks& found) {
        if (!lies_in(sampled->not_evidence, found.begin, found.end)) landmarks.add(found.hash);
    });
    const auto digest = full_pass(source, {.hash = true, .records = &text, .landmarks = &numbers}, keep);
    if (!digest) return fail(digest.error());
    fingerprint.sha256 = *digest;
    fingerprint.records = records.take();
    fingerprint.landmarks = landmarks.take();
    if (auto added = add_inside(source, fingerprint); !added) return fail(added.error());
    if (auto added = add_table_rows(source, fingerprint); !added) return fail(added.error());
    // Text beside weights is of the architecture, or a licence: it says nothing of whose weights they are.
    if (std::ranges::any_of(fingerprint.tensors, &TensorSketch::eligible)) fingerprint.records = {};
    return fingerprint;
}

}  // namespace

Result<Fingerprint> make_fingerprint(const ByteSource& source) {
    try {
        return make_or_throw(source);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kLimit, "the file needs more memory than this process may use");
    }
}

}  // namespace modelward::fingerprint
