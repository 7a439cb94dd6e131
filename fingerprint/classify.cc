// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/classify.h"

#include <algorithm>
#include <new>
#include <tuple>

#include "fingerprint/chunks/full_pass.h"
#include "fingerprint/match/chunk_evidence.h"
#include "fingerprint/match/counting_source.h"
#include "fingerprint/match/index_tables.h"
#include "fingerprint/match/tensor_evidence.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {
namespace {

void match_tensors(const SampledFile& file, const Index::Tables& tables, std::vector<Match>& matches) {
    const TensorEvidence evidence(tables.sketches, file.tensors);
    for (const std::uint32_t artifact : evidence.candidates()) {
        if (auto match = evidence.weigh(artifact, tables.artifacts.at(artifact).tensors))
            matches.push_back(*match);
    }
}

Result<void> match_bytes(const ByteSource& source, const Index::Tables& tables, std::vector<Match>& matches) {
    const bool may_be_exact = tables.sizes.contains(source.size());
    ChunkEvidence evidence(tables.chunks);
    const auto digest = full_pass(source, may_be_exact,
                                  [&](std::uint64_t /*offset*/, const Chunk& chunk) { evidence.add(chunk); });
    if (!digest) return fail(digest.error());
    std::ranges::move(
        evidence.weigh([&](std::uint32_t artifact) { return tables.artifacts.at(artifact).chunk_bytes; }),
        std::back_inserter(matches));
    if (!may_be_exact) return {};
    for (const auto& [number, artifact] : tables.artifacts) {
        if (artifact.file_bytes == source.size() && artifact.sha256 == *digest) {
            matches.push_back({number, Method::kExact, 1.0, 1.0, 1});
        }
    }
    return {};
}

Result<Classification> classify_or_throw(const ByteSource& source, const Index::Tables& tables, Depth depth) {
    const CountingSource counted(source);
    auto file = sample_file(counted);
    if (!file) return fail(file.error());
    Classification result{.format = std::string(file->format), .matches = {}, .bytes_read = 0};
    match_tensors(*file, tables, result.matches);
    if (depth == Depth::kFull) {
        if (auto done = match_bytes(counted, tables, result.matches); !done) return fail(done.error());
    }
    if (result.matches.empty() && file->defect) return fail(*file->defect);
    std::ranges::sort(result.matches, {}, [](const Match& match) {
        return std::tuple(match.method, -match.share, match.artifact);
    });
    result.bytes_read = counted.bytes_read();
    return result;
}

}  // namespace

Result<Classification> classify(const ByteSource& source, const Index& index, Depth depth) {
    try {
        return classify_or_throw(source, *index.tables_, depth);
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
    }
    return "unknown";
}

}  // namespace modelward::fingerprint
