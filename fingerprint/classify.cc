// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/classify.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <new>
#include <tuple>
#include <utility>

#include "fingerprint/carving/carve.h"
#include "fingerprint/chunks/full_pass.h"
#include "fingerprint/columns/table_rows.h"
#include "fingerprint/containers/unwrap.h"
#include "fingerprint/match/chunk_evidence.h"
#include "fingerprint/match/counting_source.h"
#include "fingerprint/match/landmark_evidence.h"
#include "fingerprint/match/record_evidence.h"
#include "fingerprint/match/row_evidence.h"
#include "fingerprint/match/tensor_evidence.h"
#include "fingerprint/records/record_hash.h"
#include "fingerprint/rows/matrix_sketches.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {
namespace {

// Rows cost more than tensors; a disk's image may hold many models.
constexpr std::size_t kMostModelsByRows = 4;
constexpr std::size_t kLandmarkBlock = std::size_t{1} << 20;

// Leaves of the file's table what rows are asked of: the largest tensors whose rows or columns can be
// evidence. (What is inside wrapping is not in it; it cannot be read at will.) The rest would only take
// memory.
void keep_largest(SampledFile& file, std::size_t most) {
    std::vector<std::uint32_t> places;
    for (std::uint32_t i = 0; i < file.table.size(); ++i) {
        if (file.tensors[i].eligible && may_have_evidence(file.table[i])) places.push_back(i);
    }
    std::ranges::sort(places, {}, [&](std::uint32_t i) { return std::pair(~file.tensors[i].elements, i); });
    places.resize(std::min(places.size(), kAskedTensors));
    // Of those, evenly: the largest alone may all be of a public model beside ours.
    const std::size_t count = std::min(places.size(), most);
    std::vector<Tensor> kept;
    for (std::size_t i = 0; i < count; ++i)
        kept.push_back(std::move(file.table[places[i * places.size() / count]]));
    file.table = std::move(kept);
}

// What chunks cannot be decoded of is noted.
Result<void> match_rows(const ByteSource& source, const SampledFile& file, std::size_t most,
                        const IndexTables& tables, std::vector<Match>& matches, std::vector<Unseen>& unseen) {
    RowEvidence evidence(tables);
    for (const Tensor& tensor : file.table) {
        const auto asked = ask_vectors(source, tensor, file.table.size(), most);
        if (!asked && tensor.chunked() != nullptr && asked.error().code() != ErrorCode::kIo) {
            note(unseen,
                 asked.error().code() == ErrorCode::kLimit ? Unseen::kDecodedBytes : Unseen::kCorrupt);
            continue;
        }
        if (!asked) return fail(asked.error());
        evidence.add(tensor.elements, *asked);
    }
    std::ranges::move(evidence.weigh(eligible_elements(file.tensors)), std::back_inserter(matches));
    return {};
}

Result<std::vector<Match>> match_bytes(const ByteSource& source, const IndexTables& tables,
                                       SignatureSearch& search) {
    const bool may_be_exact = std::ranges::any_of(tables.artifacts, [&](const ArtifactRecord& artifact) {
        return artifact.file_bytes == source.size();
    });
    ChunkEvidence evidence(tables);
    const auto add = [&](std::uint64_t /*offset*/, const Chunk& chunk) { evidence.add(chunk); };
    HashSampler records;
    RecordStream text([&](std::string_view canonical) { add_record(records, canonical); });
    const auto digest = full_pass(source, {.hash = may_be_exact, .search = &search, .records = &text}, add);
    if (!digest) return fail(digest.error());
    std::vector<Match> matches = evidence.weigh();
    std::ranges::move(match_records(records.take(), tables), std::back_inserter(matches));
    if (!may_be_exact) return matches;
    for (std::uint32_t place = 0; place < tables.artifacts.size(); ++place) {
        const ArtifactRecord& artifact = tables.artifacts[place];
        if (artifact.file_bytes == source.size() && artifact.sha256 == *digest)
            matches.push_back({place, Method::kExact, 1.0, 1.0, 1});
    }
    return matches;
}

// By the rows of a table of columns, which its bytes as text do not show.
Result<void> match_table(const ByteSource& source, const IndexTables& tables, Depth depth,
                         Classification& result, std::vector<Match>& matches) {
    const auto format = table_format(source);
    if (!format) return fail(format.error());
    if (format->empty()) return {};
    if (result.format == "unknown") result.format = *format;
    if (depth != Depth::kFull) return {};
    const auto records = sample_table_rows(source, result.unseen);
    if (!records) return fail(records.error());
    matches = match_records(*records, tables);
    return {};
}

// What is evidence of what is inside wrapping.
class ContentEvidence final : public ContentVisitor {
  public:
    explicit ContentEvidence(const IndexTables& tables) : tables_(tables), chunks_(tables) {}
    void chunk(std::uint64_t /*offset*/, const Chunk& chunk) override { chunks_.add(chunk); }
    void record(std::string_view canonical) override { add_record(records_, canonical); }
    void landmarks(const Landmarks& found) override { landmarks_.add(found.hash); }
    void end_of_content(const std::vector<ByteRange>& /*not_evidence*/) override {}
    std::vector<Match> weigh() {
        std::vector<Match> matches = chunks_.weigh();
        std::ranges::move(match_records(records_.take(), tables_), std::back_inserter(matches));
        return matches;
    }

    std::vector<Match> weigh_landmarks() { return match_landmarks(landmarks_.take(), tables_); }

  private:
    const IndexTables& tables_;
    ChunkEvidence chunks_;
    HashSampler records_, landmarks_;
};

// Of two matches by one method with one artifact, the one that says more.
void add_better(std::vector<Match>& matches, const std::vector<Match>& more) {
    const auto strength = [](const Match& match) { return std::max(match.score, match.share); };
    for (const Match& match : more) {
        const auto same = std::ranges::find_if(matches, [&](const Match& other) {
            return other.artifact == match.artifact && other.method == match.method;
        });
        if (same == matches.end())
            matches.push_back(match);
        else if (strength(*same) < strength(match))
            *same = match;
    }
}

// Those with public artifacts go where they accuse nobody; a public model in a corner of the file says
// nothing of the rest.
void add_apart(const std::vector<Match>& matches, const IndexTables& tables, Classification& result) {
    for (const Match& match : matches) {
        if (!tables.artifact(match.artifact).is_public)
            result.matches.push_back(match);
        else if (match.score >= kLeastTensorShare)
            result.public_matches.push_back(match);
    }
}

// Strongest first, by the numbers that callers know.
void put_in_order(std::vector<Match>& matches, const IndexTables& tables) {
    for (Match& match : matches)
        match.artifact = tables.artifact(match.artifact).number;
    std::ranges::sort(matches, {}, [](const Match& match) {
        return std::tuple(match.method, -match.share, match.artifact);
    });
}

// Whether some of them say what the file's bytes or weights are; records and landmarks say it of some of
// them.
bool say_what_it_is(const std::vector<Match>& matches) {
    return std::ranges::any_of(matches, [](const Match& match) {
        return match.method != Method::kRecords && match.method != Method::kLandmarks;
    });
}

// Where models may begin in the front of a file that no reader claims.
Result<void> search_front(const ByteSource& source, SignatureSearch& search) {
    std::vector<std::uint8_t> front(std::min(source.size(), kSampledSearchBytes));
    if (auto read = source.read(0, front); !read) return read;
    search.push(front);
    return {};
}

// Weighs each of the models that begin inside the file for itself: others beside ours do not dilute it.
void add_carved(const CarvedModels& carved, const IndexTables& tables, TensorFindings& findings) {
    for (const SampledFile& model : carved.models) {
        const TensorFindings more = TensorEvidence(tables, model.tensors).weigh();
        add_better(findings.matches, more.matches);
        add_better(findings.of_public, more.of_public);
        add_better(findings.same_seed, more.same_seed);
    }
}

// By the rows of the file's own matrices, or else of those of the largest models in it.
Result<std::vector<Match>> match_all_rows(const ByteSource& source, const SampledFile& file,
                                          CarvedModels& carved, std::size_t most, const IndexTables& tables,
                                          std::vector<Unseen>& unseen) {
    std::vector<Match> rows;
    if (auto done = match_rows(source, file, most, tables, rows, unseen); !done) return fail(done.error());
    std::ranges::sort(carved.models, std::greater(),
                      [](const SampledFile& model) { return eligible_elements(model.tensors); });
    for (std::size_t i = 0; i < std::min(carved.models.size(), kMostModelsByRows) && rows.empty(); ++i)
        if (auto done = match_rows(source, carved.models[i], most, tables, rows, unseen); !done)
            return fail(done.error());
    return rows;
}

// Of the file's own bytes, in one more pass over them.
Result<std::vector<Match>> match_own_landmarks(const ByteSource& source, const IndexTables& tables) {
    HashSampler landmarks;
    LandmarkStream numbers([&](const Landmarks& found) { landmarks.add(found.hash); });
    std::vector<std::uint8_t> block(kLandmarkBlock);
    for (std::uint64_t at = 0; at < source.size(); at += block.size()) {
        block.resize(std::min<std::uint64_t>(block.size(), source.size() - at));
        if (auto read = source.read(at, block); !read) return fail(read.error());
        numbers.push(block);
    }
    numbers.finish();
    return match_landmarks(landmarks.take(), tables);
}

Result<Classification> classify_or_throw(const ByteSource& source, const IndexTables& tables, Depth depth) {
    const CountingSource counted(source);
    auto file = sample_file(counted, Names::kDropped);
    if (!file) return fail(file.error());
    const std::size_t most_asked = depth == Depth::kFull ? kAskedTensors : kAskedTensorsSampled;
    keep_largest(*file, most_asked);
    ContentEvidence content(tables);
    auto inside = unwrap(counted, limits_of(depth), depth == Depth::kFull ? &content : nullptr);
    if (!inside) return fail(inside.error());

    Classification result{.format = std::string(file->format), .matches = {}, .bytes_read = 0};
    if (inside->outermost && file->format == "unknown") result.format = to_string(*inside->outermost);
    result.unseen = std::move(inside->unseen);
    std::vector<Match> by_rows;
    if (auto done = match_table(counted, tables, depth, result, by_rows); !done) return fail(done.error());
    std::ranges::move(inside->tensors, std::back_inserter(file->tensors));
    TensorFindings tensors = TensorEvidence(tables, file->tensors).weigh();
    SignatureSearch search;
    if (depth == Depth::kFull) {
        auto matches = match_bytes(counted, tables, search);
        if (!matches) return fail(matches.error());
        add_better(*matches, content.weigh());
        add_better(*matches, by_rows);
        add_apart(*matches, tables, result);
    }
    if (depth == Depth::kSampled && file->format == "unknown" && !inside->outermost)
        if (auto done = search_front(counted, search); !done) return fail(done.error());
    auto carved = carve(counted, search.places());
    if (!carved) return fail(carved.error());
    for (SampledFile& model : carved->models)
        keep_largest(model, most_asked);
    for (const Unseen reason : carved->unseen)
        note(result.unseen, reason);
    if (search.has_more()) note(result.unseen, Unseen::kPlaces);
    add_carved(*carved, tables, tensors);
    std::ranges::move(tensors.matches, std::back_inserter(result.matches));
    add_apart(tensors.of_public, tables, result);
    if (!say_what_it_is(result.matches)) {
        const auto rows = match_all_rows(counted, *file, *carved, most_asked, tables, result.unseen);
        if (!rows) return fail(rows.error());
        add_apart(*rows, tables, result);
    }
    if (!say_what_it_is(result.matches) && depth == Depth::kFull && !tables.landmarks.slots().empty()) {
        auto matches = match_own_landmarks(counted, tables);
        if (!matches) return fail(matches.error());
        add_better(*matches, content.weigh_landmarks());
        add_apart(*matches, tables, result);
    }
    if (result.matches.empty()) {
        const bool was_unpacked = file->is_only_compressed && inside->outermost;
        if (file->defect && !was_unpacked) return fail(*file->defect);
        if (!say_what_it_is(result.public_matches)) result.same_seed = std::move(tensors.same_seed);
    }
    for (std::vector<Match>* matches : {&result.matches, &result.public_matches, &result.same_seed})
        put_in_order(*matches, tables);
    result.bytes_read = counted.bytes_read();
    return result;
}

}  // namespace

Result<Classification> classify(const ByteSource& source, const Index& index, Depth depth) {
    try {
        return classify_or_throw(source, index.tables(), depth);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kLimit, "the file needs more memory than this process may use");
    }
}

std::string_view to_string(Method method) {
    switch (method) {
        case Method::kExact:
            return "exact";
        case Method::kChunks:
            return "chunks";
        case Method::kTensors:
            return "tensors";
        case Method::kRows:
            return "rows";
        case Method::kRecords:
            return "records";
        case Method::kLandmarks:
            return "landmarks";
    }
    return "unknown";
}

}  // namespace modelward::fingerprint
