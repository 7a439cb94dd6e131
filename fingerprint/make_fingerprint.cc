// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>

#include "fingerprint/chunks/full_pass.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/sketches/tensor_sketches.h"

namespace modelward::fingerprint {
namespace {

// Whether the chunk starts and ends inside one range. Ranges ascend.
bool lies_in(const std::vector<ByteRange>& ranges, std::uint64_t begin, std::uint64_t end) {
    const auto after = std::ranges::upper_bound(ranges, begin, {}, &ByteRange::begin);
    return after != ranges.begin() && end <= std::prev(after)->end;
}

Result<Fingerprint> make_or_throw(const ByteSource& source) {
    if (source.size() == 0) return fail(ErrorCode::kInvalid, "the file is empty");
    auto sampled = sample_file(source);
    if (!sampled) return fail(sampled.error());
    // A type of the future costs its tensors; anything else wrong is no model to register.
    if (sampled->defect && sampled->defect->code() != ErrorCode::kUnsupported) return fail(*sampled->defect);

    Fingerprint fingerprint;
    fingerprint.format = sampled->format;
    fingerprint.file_bytes = source.size();
    fingerprint.tensors = std::move(sampled->tensors);
    const auto keep = [&](std::uint64_t offset, const Chunk& chunk) {
        if (!lies_in(sampled->not_evidence, offset, offset + chunk.length))
            fingerprint.chunks.push_back(chunk);
    };
    const auto digest = full_pass(source, true, keep);
    if (!digest) return fail(digest.error());
    fingerprint.sha256 = *digest;
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
