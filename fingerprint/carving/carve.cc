// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/carving/carve.h"

#include <algorithm>
#include <utility>

#include "fingerprint/match/counting_source.h"
#include "fingerprint/range_source.h"
#include "fingerprint/readers/element_layout.h"

namespace modelward::fingerprint {
namespace {

// Whether there is more of a model than was read. Other defects say nothing here: what stands behind a model
// is not its own, and bytes that only look like a beginning are no model.
bool is_partly_read(const SampledFile& model) {
    return model.defect &&
           (model.defect->code() == ErrorCode::kLimit || model.defect->code() == ErrorCode::kUnsupported);
}

// What the model's table takes, in tensors.
std::size_t size_of_table(const SampledFile& model) {
    std::size_t tensors = model.table.size();
    for (const Tensor& tensor : model.table)
        if (tensor.chunked() != nullptr) tensors += tensor.chunked()->chunks.size() / kChunksPerTensor;
    return tensors;
}

}  // namespace

Result<CarvedModels> carve(const ByteSource& source, std::span<const Place> places) {
    CarvedModels carved;
    const CountingSource counted(source);
    std::size_t left = kMostCarvedTensors;
    std::uint64_t decoded = 0;
    for (const Place& place : places) {
        const std::uint64_t end = std::min(place.end, source.size());
        if (place.begin >= end) continue;
        if (left == 0 || counted.bytes_read() + decoded > kMostCarvedBytes) {
            note(carved.unseen, Unseen::kPlaces);
            break;
        }
        auto model = sample_file(RangeSource(counted, place.begin, end - place.begin), Names::kDropped, left);
        if (!model) return fail(model.error());
        decoded += model->decoded_bytes;
        if (is_partly_read(*model) || model->lacks_chunks) note(carved.unseen, Unseen::kCorrupt);
        if (model->table.empty()) continue;
        left -= std::min(left, size_of_table(*model));
        for (Tensor& tensor : model->table)
            shift(tensor, place.begin);
        carved.models.push_back(std::move(*model));
    }
    return carved;
}

}  // namespace modelward::fingerprint
