// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/index/index_builder.h"

#include <openssl/evp.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>

#include "fingerprint/index/index_format.h"
#include "fingerprint/saturating_sum.h"

namespace modelward::fingerprint {
namespace {

template <typename Record>
std::span<const std::uint8_t> bytes_of(std::span<const Record> records) {
    return {reinterpret_cast<const std::uint8_t*>(records.data()), records.size_bytes()};
}

std::uint32_t place_of(std::size_t place) {
    return static_cast<std::uint32_t>(place);
}

std::uint64_t padding_after(std::uint64_t offset) {
    return (kIndexAlignment - offset % kIndexAlignment) % kIndexAlignment;
}

// Of a record that so many artifacts have, who else has it makes no difference, and looking would cost time
// and memory.
constexpr std::size_t kMostHolders = 8;

// Hands on what is written, and its SHA-256 at the end.
class Digesting {
  public:
    explicit Digesting(const IndexSink& sink) : sink_(sink), context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        sound_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
    }
    Result<void> put(std::span<const std::uint8_t> bytes) {
        sound_ = sound_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
        return sink_(bytes);
    }
    Result<void> end() {
        std::array<std::uint8_t, kIndexTrailerBytes> digest{};
        if (!sound_ || EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1)
            return fail(ErrorCode::kInternal, "OpenSSL cannot compute SHA-256");
        return sink_(digest);
    }

  private:
    const IndexSink& sink_;
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
    bool sound_;
};

}  // namespace

void IndexBuilder::add(std::uint32_t number, const Fingerprint& fingerprint, const Notes& notes) {
    const std::uint32_t place = place_of(artifacts_.size());
    ArtifactRecord record{.sha256 = fingerprint.sha256,
                          .digest = notes.digest,
                          .file_bytes = fingerprint.file_bytes,
                          .chunk_bytes = 0,
                          .eligible_elements = 0,
                          .name_offset = names_.size(),
                          .name_bytes = place_of(notes.name.size()),
                          .number = number,
                          .first_tensor = place_of(tensors_.size()),
                          .tensors = 0,
                          .is_public = notes.is_public ? 1U : 0U,
                          .record_scale = fingerprint.records.scale,
                          .records = place_of(fingerprint.records.hashes.size()),
                          .evidence_records = 0,
                          .landmark_scale = fingerprint.landmarks.scale,
                          .landmarks = place_of(fingerprint.landmarks.hashes.size())};
    names_.insert(names_.end(), notes.name.begin(), notes.name.end());
    for (const TensorSketch& tensor : fingerprint.tensors) {
        if (!tensor.eligible) continue;
        tensors_.push_back({tensor.sketch, tensor.elements, place, 0});
        ++record.tensors;
        record.eligible_elements = saturating_sum(record.eligible_elements, tensor.elements);
    }
    for (const VectorSketches& of_axis : fingerprint.vectors)
        for (const VectorSketch& sketch : of_axis.sketches)
            vectors_.push_back({sketch, of_axis.length, place, of_axis.tensor});
    const auto order = [](const ChunkSlot& a, const ChunkSlot& b) {
        return std::pair(a.hash, a.length) < std::pair(b.hash, b.length);
    };
    const auto first = static_cast<std::ptrdiff_t>(chunks_.size());
    for (const Chunk& chunk : fingerprint.chunks)
        if (chunk.length != 0) chunks_.push_back({chunk.hash, chunk.length, place});
    std::sort(chunks_.begin() + first, chunks_.end(), order);
    chunks_.erase(std::unique(chunks_.begin() + first, chunks_.end()), chunks_.end());
    for (std::size_t at = static_cast<std::size_t>(first); at < chunks_.size(); ++at)
        record.chunk_bytes += chunks_[at].length;
    for (const std::uint64_t hash : fingerprint.records.hashes) {
        records_.push_back({hash, kSampledLength, place});
        if (is_evidence(hash)) ++record.evidence_records;
    }
    for (const std::uint64_t hash : fingerprint.landmarks.hashes)
        landmarks_.push_back({hash, kSampledLength, place});
    artifacts_.push_back(record);
}

void IndexBuilder::add(const IndexTables& other,
                       const std::function<std::optional<std::uint32_t>(std::uint32_t place)>& keep) {
    std::vector<std::optional<std::uint32_t>> places(other.artifacts.size());
    for (std::uint32_t place = 0; place < other.artifacts.size(); ++place) {
        const auto number = keep(place);
        if (!number) continue;
        places[place] = place_of(artifacts_.size());
        ArtifactRecord record = other.artifacts[place];
        const std::string_view name = other.name_of(place);
        record.name_offset = names_.size();
        record.name_bytes = place_of(name.size());
        names_.insert(names_.end(), name.begin(), name.end());
        record.number = *number;
        record.first_tensor = place_of(tensors_.size());
        record.tensors = 0;
        for (TensorRecord tensor : other.tensors_of(place)) {
            tensor.artifact = *places[place];
            tensors_.push_back(tensor);
            ++record.tensors;
        }
        artifacts_.push_back(record);
    }
    const auto new_place = [&](std::uint32_t old) {
        return old < places.size() ? places[old] : std::nullopt;
    };
    for (VectorRecord vector : other.vectors.records()) {
        const auto place = new_place(vector.artifact);
        if (!place) continue;
        vector.artifact = *place;
        vectors_.push_back(vector);
    }
    const auto take_over = [&](const ChunkTable& table, std::vector<ChunkSlot>& into) {
        for (ChunkSlot slot : table.slots()) {
            const auto place = slot.length == 0 ? std::nullopt : new_place(slot.artifact);
            if (!place) continue;
            slot.artifact = *place;
            into.push_back(slot);
        }
    };
    take_over(other.chunks, chunks_);
    take_over(other.records, records_);
    take_over(other.landmarks, landmarks_);
}

Result<void> IndexBuilder::write(const IndexSink& sink) const {
    constexpr std::size_t kMost = ~std::uint32_t{0};
    if (std::max({artifacts_.size(), tensors_.size(), vectors_.size(), chunks_.size(), records_.size(),
                  landmarks_.size()}) > kMost)
        return fail(ErrorCode::kLimit, "an index holds at most 2^32 - 1 records of a kind");
    const auto tensor_directory = NearTable<TensorRecord>::make_directory(tensors_);
    const auto vector_directory = NearTable<VectorRecord>::make_directory(vectors_);
    const auto chunk_slots = ChunkTable::make(chunks_);
    // Public artifacts first: that one has it makes a difference.
    const auto sampled_slots = [&](const std::vector<ChunkSlot>& slots) {
        const auto is_public = [&](const ChunkSlot& slot) {
            return artifacts_[slot.artifact].is_public != 0;
        };
        std::vector<ChunkSlot> in_order;
        in_order.reserve(slots.size());
        std::ranges::copy_if(slots, std::back_inserter(in_order), is_public);
        std::ranges::copy_if(slots, std::back_inserter(in_order), std::not_fn(is_public));
        return ChunkTable::make(in_order, kMostHolders);
    };
    const auto record_slots = sampled_slots(records_);
    const auto landmark_slots = sampled_slots(landmarks_);
    const std::array<std::span<const std::uint8_t>, kIndexSections> sections = {
        bytes_of(std::span(artifacts_)),
        bytes_of(std::span(names_)),
        bytes_of(std::span(tensors_)),
        bytes_of(std::span(tensor_directory)),
        bytes_of(std::span(vectors_)),
        bytes_of(std::span(vector_directory)),
        bytes_of(std::span<const ChunkSlot>(chunk_slots)),
        bytes_of(std::span<const ChunkSlot>(record_slots)),
        bytes_of(std::span<const ChunkSlot>(landmark_slots))};
    IndexHeader header{.magic = kIndexMagic, .version = kIndexVersion, .zero = 0, .bytes = 0, .sections = {}};
    std::uint64_t end = sizeof header;
    for (std::size_t i = 0; i < kIndexSections; ++i) {
        end += padding_after(end);
        header.sections[i] = {end, sections[i].size()};
        end += sections[i].size();
    }
    header.bytes = end + kIndexTrailerBytes;

    Digesting out(sink);
    std::uint64_t written = sizeof header;
    if (auto done = out.put(bytes_of(std::span<const IndexHeader>(&header, 1))); !done) return done;
    for (const auto section : sections) {
        static constexpr std::array<std::uint8_t, kIndexAlignment> kZeros{};
        const std::uint64_t padding = padding_after(written);
        if (auto done = out.put(std::span(kZeros).first(padding)); !done) return done;
        if (auto done = out.put(section); !done) return done;
        written += padding + section.size();
    }
    return out.end();
}

Result<Index> IndexBuilder::build() const {
    auto file = std::make_shared<std::vector<std::uint8_t>>();
    const auto append = [&](std::span<const std::uint8_t> bytes) -> Result<void> {
        file->insert(file->end(), bytes.begin(), bytes.end());
        return {};
    };
    if (auto written = write(append); !written) return fail(written.error());
    return Index::open(*file, file);
}

}  // namespace modelward::fingerprint
